-- Highest bid.
CREATE TABLE nexmark (
  event_type INT,
  person ROW<`dateTime` TIMESTAMP_LTZ(3)>,
  auction ROW<`dateTime` TIMESTAMP_LTZ(3)>,
  bid ROW<auction BIGINT, bidder BIGINT, price BIGINT, `dateTime` TIMESTAMP_LTZ(3), extra STRING>,
  happened AS COALESCE(person.`dateTime`, auction.`dateTime`, bid.`dateTime`),
  WATERMARK FOR happened AS happened - INTERVAL '4' SECOND
) WITH (${SOURCE});

CREATE VIEW bids AS
SELECT bid.auction AS auction, bid.bidder AS bidder, bid.price AS price, happened, bid.extra AS extra FROM nexmark WHERE event_type = 2;

CREATE TABLE highest_bids (auction BIGINT, bidder BIGINT, price BIGINT, `dateTime` TIMESTAMP_LTZ(3), extra STRING) WITH (${SINK});

INSERT INTO highest_bids
SELECT B.auction, B.bidder, B.price, B.happened, B.extra
FROM bids B
JOIN (
  SELECT MAX(price) AS maxprice, window_time
  FROM TABLE(TUMBLE(TABLE bids, DESCRIPTOR(happened), INTERVAL '10' SECOND))
  GROUP BY window_start, window_end, window_time
) B1
ON B.price = B1.maxprice
WHERE B.happened BETWEEN B1.window_time - INTERVAL '9.999' SECOND AND B1.window_time + INTERVAL '0.001' SECOND;
