-- Monitor new users.
CREATE TABLE nexmark (
  event_type INT,
  person ROW<id BIGINT, name STRING, `dateTime` TIMESTAMP_LTZ(3)>,
  auction ROW<seller BIGINT, `dateTime` TIMESTAMP_LTZ(3)>,
  bid ROW<`dateTime` TIMESTAMP_LTZ(3)>,
  happened AS COALESCE(person.`dateTime`, auction.`dateTime`, bid.`dateTime`),
  WATERMARK FOR happened AS happened - INTERVAL '4' SECOND
) WITH (${SOURCE});

CREATE VIEW persons AS SELECT person.id AS id, person.name AS name, happened FROM nexmark WHERE event_type = 0;

CREATE VIEW auctions AS SELECT auction.seller AS seller, happened FROM nexmark WHERE event_type = 1;

CREATE TABLE monitored (id BIGINT, name STRING, starttime TIMESTAMP_LTZ(3)) WITH (${SINK});

INSERT INTO monitored
SELECT P.id, P.name, CAST(P.window_start AS TIMESTAMP_LTZ(3))
FROM (
  SELECT id, name, window_start, window_end FROM TABLE(TUMBLE(TABLE persons, DESCRIPTOR(happened), INTERVAL '10' SECOND))
  GROUP BY id, name, window_start, window_end
) P
JOIN (
  SELECT seller, window_start, window_end FROM TABLE(TUMBLE(TABLE auctions, DESCRIPTOR(happened), INTERVAL '10' SECOND))
  GROUP BY seller, window_start, window_end
) A
ON P.id = A.seller AND P.window_start = A.window_start AND P.window_end = A.window_end;
