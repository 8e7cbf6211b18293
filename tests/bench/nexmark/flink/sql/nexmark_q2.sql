-- Selection.
CREATE TABLE nexmark (
  event_type INT,
  bid ROW<auction BIGINT, price BIGINT>
) WITH (${SOURCE});

CREATE TABLE selected (auction BIGINT, price BIGINT) WITH (${SINK});

INSERT INTO selected
SELECT bid.auction, bid.price FROM nexmark WHERE event_type = 2 AND MOD(bid.auction, 123) = 0;
