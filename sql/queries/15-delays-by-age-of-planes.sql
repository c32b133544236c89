-- Are flights with older planes later? Flights joined to the profile of their plane as the database has it now.
-- Streaming: the last row of a decade counts; it ends at what is there now. Needs the running pipeline.
SELECT p.`year` / 10 * 10 AS decade, p.engines, COUNT(*) AS flights, COUNT(DISTINCT f.tailnum) AS planes,
       ROUND(AVG(CAST(f.dep_delay_minutes AS DOUBLE)), 2) AS delay_mean
FROM flights /*+ OPTIONS('scan.bounded.mode' = 'latest-offset') */ AS f
JOIN plane_profile /*+ OPTIONS('scan.bounded.mode' = 'latest-offset') */ AS p ON p.tailnum = f.tailnum
WHERE NOT f.cancelled
GROUP BY p.`year` / 10 * 10, p.engines;
