-- Hot items.
CREATE TABLE nexmark (
  event_type INT,
  person ROW<`dateTime` TIMESTAMP_LTZ(3)>,
  auction ROW<`dateTime` TIMESTAMP_LTZ(3)>,
  bid ROW<auction BIGINT, `dateTime` TIMESTAMP_LTZ(3)>,
  happened AS COALESCE(person.`dateTime`, auction.`dateTime`, bid.`dateTime`),
  WATERMARK FOR happened AS happened - INTERVAL '4' SECOND
) WITH (${SOURCE});

CREATE VIEW bids AS SELECT bid.auction AS auction, happened FROM nexmark WHERE event_type = 2;

CREATE TABLE hot_items (auction BIGINT, num BIGINT, `until` TIMESTAMP_LTZ(3)) WITH (${SINK});

INSERT INTO hot_items
SELECT AuctionBids.auction, AuctionBids.num, CAST(AuctionBids.window_end AS TIMESTAMP_LTZ(3))
FROM (
  SELECT auction, COUNT(*) AS num, window_start, window_end
  FROM TABLE(HOP(TABLE bids, DESCRIPTOR(happened), INTERVAL '2' SECOND, INTERVAL '10' SECOND))
  GROUP BY auction, window_start, window_end
) AS AuctionBids
JOIN (
  SELECT MAX(CountBids.num) AS maxn, CountBids.window_start, CountBids.window_end
  FROM (
    SELECT COUNT(*) AS num, window_start, window_end
    FROM TABLE(HOP(TABLE bids, DESCRIPTOR(happened), INTERVAL '2' SECOND, INTERVAL '10' SECOND))
    GROUP BY auction, window_start, window_end
  ) AS CountBids
  GROUP BY CountBids.window_start, CountBids.window_end
) AS MaxBids
ON AuctionBids.window_start = MaxBids.window_start AND AuctionBids.window_end = MaxBids.window_end
  AND AuctionBids.num >= MaxBids.maxn;
