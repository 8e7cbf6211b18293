-- Average selling price by seller, of the last ten: not to be said in Flink SQL, which has no OVER window on a result that
-- changes. The third statement stands for the DataStream program LastTen.
CREATE TABLE nexmark (
  event_type INT,
  person ROW<`dateTime` TIMESTAMP_LTZ(3)>,
  auction ROW<id BIGINT, seller BIGINT, `dateTime` TIMESTAMP_LTZ(3), expires TIMESTAMP_LTZ(3)>,
  bid ROW<auction BIGINT, price BIGINT, `dateTime` TIMESTAMP_LTZ(3)>,
  happened AS COALESCE(person.`dateTime`, auction.`dateTime`, bid.`dateTime`),
  WATERMARK FOR happened AS happened - INTERVAL '4' SECOND
) WITH (${SOURCE});

CREATE VIEW events AS
SELECT COALESCE(auction.id, bid.auction) AS auction, auction.seller AS seller, bid.price AS price, happened,
  auction.expires AS expires
FROM nexmark WHERE event_type <> 0;

CREATE TABLE averages (seller BIGINT, average DOUBLE) WITH (${KEYED}, 'key.format' = 'json', 'key.fields' = 'seller');

LAST TEN OF EACH SELLER;
