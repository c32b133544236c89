-- Which manufacturers are in the fleet under two names?
-- Streaming, over the features of manufacturers, which follow the database; the last rows count. Needs the running
-- pipeline.
SELECT a.manufacturer, a.planes, b.manufacturer AS other, b.planes AS other_planes,
       ROUND(JARO_WINKLER(a.manufacturer, b.manufacturer), 3) AS alike
FROM manufacturer_fleet /*+ OPTIONS('scan.bounded.mode' = 'latest-offset') */ AS a
JOIN manufacturer_fleet /*+ OPTIONS('scan.bounded.mode' = 'latest-offset') */ AS b
  ON a.manufacturer < b.manufacturer
WHERE JARO_WINKLER(a.manufacturer, b.manufacturer) > 0.85;
