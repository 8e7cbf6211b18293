-- Local item suggestion.
CREATE TABLE nexmark (
  event_type INT,
  person ROW<id BIGINT, name STRING, city STRING, state STRING>,
  auction ROW<id BIGINT, seller BIGINT, category BIGINT>
) WITH (${SOURCE});

CREATE TABLE suggestions (name STRING, city STRING, state STRING, id BIGINT) WITH (${SINK});

INSERT INTO suggestions
SELECT P.name, P.city, P.state, A.id
FROM (SELECT auction.id AS id, auction.seller AS seller FROM nexmark WHERE event_type = 1 AND auction.category = 10) A
INNER JOIN (
  SELECT person.id AS id, person.name AS name, person.city AS city, person.state AS state FROM nexmark
  WHERE event_type = 0 AND (person.state = 'OR' OR person.state = 'ID' OR person.state = 'CA')
) P ON A.seller = P.id;
