-- Which planes are like a description in plain words?
-- Streaming, as all searches: the text becomes a vector, and Qdrant is asked for its neighbours. Needs the running
-- pipeline of planes, and Qdrant.
WITH wanted AS (
  SELECT words FROM (VALUES ('small airplane with one piston engine'), ('jet of McDonnell Douglas')) AS v (words)
)
SELECT w.words, _key, _text, ROUND(score, 3) AS score
FROM ML_PREDICT(TABLE wanted, MODEL planes.all_minilm_l6_v2_query, DESCRIPTOR(words)) AS w (words, embedding),
     LATERAL TABLE(VECTOR_SEARCH(TABLE planes.plane_vectors, DESCRIPTOR(embedding), w.embedding, 3));
