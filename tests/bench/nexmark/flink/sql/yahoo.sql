-- Views of ads by campaign, in windows of ten seconds.
CREATE TABLE ad_events (
  ad_id STRING,
  event_type STRING,
  event_time STRING,
  happened AS TO_TIMESTAMP_LTZ(CAST(event_time AS BIGINT), 3),
  WATERMARK FOR happened AS happened - INTERVAL '4' SECOND
) WITH (${SOURCE});

CREATE TABLE campaign_windows (campaign_id STRING, window_start TIMESTAMP_LTZ(3), `views` BIGINT) WITH (${SINK});

CREATE VIEW campaign_views AS
SELECT campaign_of(ad_id) AS campaign_id, happened FROM ad_events WHERE event_type = 'view';

INSERT INTO campaign_windows
SELECT campaign_id, CAST(window_start AS TIMESTAMP_LTZ(3)), COUNT(*)
FROM TABLE(TUMBLE(TABLE campaign_views, DESCRIPTOR(happened), INTERVAL '10' SECOND))
WHERE campaign_id IS NOT NULL
GROUP BY campaign_id, window_start, window_end;
