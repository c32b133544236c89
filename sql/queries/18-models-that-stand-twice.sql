-- Which models of planes stand in the database twice, under two names of their manufacturer, and how sure is that?
-- Streaming: reads the pairs that were found as far as they are known now; the last row of a pair counts. Needs the
-- running pipeline of planes, and Qdrant.
SELECT key_a, key_b, decision, ROUND(score, 3) AS score, ROUND(similarity, 3) AS similarity, found_by
FROM planes.duplicates /*+ OPTIONS('scan.bounded.mode' = 'latest-offset') */;
