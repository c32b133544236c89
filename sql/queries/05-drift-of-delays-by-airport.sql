-- Did delays change from the first half of the time to the second, and at which airport most?
-- PSI says how large the change is (0.1 is moderate, 0.25 large), the p-value how sure it is, WASSERSTEIN how many
-- minutes delays moved.
-- Batch. Needs the topic of flights only.
SET 'execution.runtime-mode' = 'batch';

SELECT f.origin,
       COUNT(*) AS flights,
       ROUND(PSI(f.dep_delay_minutes, f.departed_at < m.middle), 4) AS psi,
       ROUND(KS_STATISTIC(f.dep_delay_minutes, f.departed_at < m.middle), 4) AS ks,
       ROUND(KS_P_VALUE(f.dep_delay_minutes, f.departed_at < m.middle), 6) AS ks_p,
       ROUND(WASSERSTEIN(f.dep_delay_minutes, f.departed_at < m.middle), 2) AS minutes_moved
FROM flights AS f,
     (SELECT TIMESTAMPADD(
               SECOND, TIMESTAMPDIFF(SECOND, MIN(departed_at), MAX(departed_at)) / 2, MIN(departed_at)) AS middle
      FROM flights) AS m
GROUP BY f.origin
ORDER BY psi DESC;
