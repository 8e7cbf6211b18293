-- Pass through.
CREATE TABLE nexmark (
  event_type INT,
  bid ROW<auction BIGINT, bidder BIGINT, price BIGINT, `dateTime` TIMESTAMP_LTZ(3), extra STRING>
) WITH (${SOURCE});

CREATE TABLE copies (auction BIGINT, bidder BIGINT, price BIGINT, `dateTime` TIMESTAMP_LTZ(3), extra STRING) WITH (${SINK});

INSERT INTO copies
SELECT bid.auction, bid.bidder, bid.price, bid.`dateTime`, bid.extra FROM nexmark WHERE event_type = 2;
