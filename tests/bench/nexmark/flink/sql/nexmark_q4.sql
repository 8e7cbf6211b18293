-- Average price for a category. The bound of 33 seconds makes it an interval join, as in Millrace's pipeline.
CREATE TABLE nexmark (
  event_type INT,
  person ROW<`dateTime` TIMESTAMP_LTZ(3)>,
  auction ROW<id BIGINT, category BIGINT, `dateTime` TIMESTAMP_LTZ(3), expires TIMESTAMP_LTZ(3)>,
  bid ROW<auction BIGINT, price BIGINT, `dateTime` TIMESTAMP_LTZ(3)>,
  happened AS COALESCE(person.`dateTime`, auction.`dateTime`, bid.`dateTime`),
  WATERMARK FOR happened AS happened - INTERVAL '4' SECOND
) WITH (${SOURCE});

CREATE VIEW auctions AS
SELECT auction.id AS id, auction.category AS category, happened AS opens, auction.expires AS expires FROM nexmark WHERE event_type = 1;

CREATE VIEW bids AS
SELECT bid.auction AS auction, bid.price AS price, happened AS bid_at FROM nexmark WHERE event_type = 2;

CREATE TABLE categories (category BIGINT, average DOUBLE, PRIMARY KEY (category) NOT ENFORCED) WITH (${UPSERT});

INSERT INTO categories
SELECT Q.category, AVG(CAST(Q.final AS DOUBLE))
FROM (
  SELECT MAX(B.price) AS final, A.category AS category
  FROM auctions A, bids B
  WHERE A.id = B.auction AND B.bid_at BETWEEN A.opens AND A.expires AND B.bid_at <= A.opens + INTERVAL '33' SECOND
  GROUP BY A.id, A.category
) Q
GROUP BY Q.category;
