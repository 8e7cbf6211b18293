-- Currency conversion.
CREATE TABLE nexmark (
  event_type INT,
  bid ROW<auction BIGINT, bidder BIGINT, price BIGINT, `dateTime` TIMESTAMP_LTZ(3), extra STRING>
) WITH (${SOURCE});

CREATE TABLE euros (auction BIGINT, bidder BIGINT, price DECIMAL(23, 3), `dateTime` TIMESTAMP_LTZ(3), extra STRING) WITH (${SINK});

INSERT INTO euros
SELECT bid.auction, bid.bidder, 0.908 * bid.price, bid.`dateTime`, bid.extra FROM nexmark WHERE event_type = 2;
