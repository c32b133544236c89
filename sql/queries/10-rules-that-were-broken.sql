-- Which quality rules were broken, how often, and on which day most?
-- Batch. Needs the running pipeline.
SET 'execution.runtime-mode' = 'batch';

SELECT source, rule, field, days, checked, failed, ROUND(100.0 * failed / checked, 3) AS failed_percent, worst_day
FROM (
  SELECT source, rule, field,
         COUNT(*) AS days,
         SUM(checked) AS checked,
         SUM(failed) AS failed,
         MAX(CASE WHEN place = 1 THEN window_start END) AS worst_day
  FROM (
    SELECT *, ROW_NUMBER() OVER (PARTITION BY source, rule ORDER BY pass_rate, window_start) AS place
    FROM quality
  )
  GROUP BY source, rule, field
)
WHERE failed > 0
ORDER BY failed DESC, rule;
