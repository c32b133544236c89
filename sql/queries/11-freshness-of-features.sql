-- How fresh are features: what is the newest flight of each airline, and does its vector take it in?
-- Streaming: the last row of an airline counts; it ends at what is there now. Needs the running pipeline.
SELECT c.carrier,
       f.newest AS newest_flight,
       c.event_time AS features_at,
       f.newest > c.event_time AS behind
FROM carrier_delay /*+ OPTIONS('scan.bounded.mode' = 'latest-offset') */ AS c
JOIN (
  SELECT carrier, MAX(departed_at) AS newest
  FROM flights /*+ OPTIONS('scan.bounded.mode' = 'latest-offset') */
  WHERE NOT cancelled
  GROUP BY carrier
) AS f ON f.carrier = c.carrier;
