-- name: rows
SELECT 'accounts' AS "table", (SELECT count(*) FROM accounts) AS "rows" UNION ALL
SELECT 'contacts', (SELECT count(*) FROM contacts) UNION ALL
SELECT 'owners', (SELECT count(*) FROM owners) UNION ALL
SELECT 'deals', (SELECT count(*) FROM deals) UNION ALL
SELECT 'deal_stage_changes', (SELECT count(*) FROM deal_stage_changes) UNION ALL
SELECT 'activities', (SELECT count(*) FROM activities) UNION ALL
SELECT 'campaigns', (SELECT count(*) FROM campaigns) UNION ALL
SELECT 'campaign_spend', (SELECT count(*) FROM campaign_spend) UNION ALL
SELECT 'campaign_touches', (SELECT count(*) FROM campaign_touches) UNION ALL
SELECT 'products', (SELECT count(*) FROM products) UNION ALL
SELECT 'price_list', (SELECT count(*) FROM price_list) UNION ALL
SELECT 'subscriptions', (SELECT count(*) FROM subscriptions) UNION ALL
SELECT 'mrr_movements', (SELECT count(*) FROM mrr_movements) UNION ALL
SELECT 'invoices', (SELECT count(*) FROM invoices) UNION ALL
SELECT 'events', (SELECT count(*) FROM events) UNION ALL
SELECT 'targets', (SELECT count(*) FROM targets)

-- name: quarter_to_date
SELECT
    span AS "days",
    sum(amount) FILTER (is_won) AS "bookings",
    count(*) FILTER (is_won) AS "won",
    count(*) AS "closed",
    round(100.0 * count(*) FILTER (is_won) / count(*), 2) AS "win rate, %"
FROM deals
JOIN (
    VALUES
    (1, '1 October to 20 November 2026', DATE '2026-10-01', DATE '2026-11-20'),
    (2, '1 July to 20 August 2026', DATE '2026-07-01', DATE '2026-08-20'),
    (3, '1 October to 20 November 2025', DATE '2025-10-01', DATE '2025-11-20')
) AS spans (place, span, first_day, last_day) ON close_date BETWEEN first_day AND last_day
WHERE is_closed
GROUP BY place, span
ORDER BY place

-- name: bookings_by_quarter
SELECT
    strftime(date_trunc('quarter', close_date), '%Y-%m') AS "quarter from",
    sum(amount) FILTER (is_won) AS "bookings",
    sum(amount) FILTER (is_won AND type = 'new') AS "new",
    sum(amount) FILTER (is_won AND type = 'expansion') AS "expansion",
    sum(amount) FILTER (is_won AND type = 'renewal') AS "renewal",
    count(*) FILTER (is_won) AS "won",
    round(100.0 * count(*) FILTER (is_won) / count(*), 2) AS "win rate, %"
FROM deals
WHERE is_closed
GROUP BY 1
ORDER BY 1

-- name: win_rate_by_region
SELECT
    strftime(date_trunc('quarter', close_date), '%Y-%m') AS "quarter from",
    round(100.0 * count(*) FILTER (is_won AND region = 'EMEA') / count(*) FILTER (region = 'EMEA'), 2) AS "EMEA",
    round(100.0 * count(*) FILTER (is_won AND region = 'North America') / count(*) FILTER (region = 'North America'), 2)
        AS "North America",
    round(100.0 * count(*) FILTER (is_won AND region = 'APAC') / count(*) FILTER (region = 'APAC'), 2) AS "APAC",
    round(100.0 * count(*) FILTER (is_won AND region = 'LATAM') / count(*) FILTER (region = 'LATAM'), 2) AS "LATAM"
FROM deals
WHERE is_closed AND close_date >= DATE '2025-01-01'
GROUP BY 1
ORDER BY 1

-- name: emea_fall
SELECT
    region,
    count(*) FILTER (close_date < DATE '2026-07-01') AS "closed in Q2",
    count(*) FILTER (close_date >= DATE '2026-07-01') AS "closed in Q3",
    round(100.0 * count(*) FILTER (is_won AND close_date < DATE '2026-07-01')
        / count(*) FILTER (close_date < DATE '2026-07-01'), 2) AS "win rate Q2, %",
    round(100.0 * count(*) FILTER (is_won AND close_date >= DATE '2026-07-01')
        / count(*) FILTER (close_date >= DATE '2026-07-01'), 2) AS "win rate Q3, %",
    round(100.0 * count(*) FILTER (lost_reason = 'Competitor' AND close_date < DATE '2026-07-01')
        / count(*) FILTER (NOT is_won AND close_date < DATE '2026-07-01'), 2) AS "lost to a competitor Q2, %",
    round(100.0 * count(*) FILTER (lost_reason = 'Competitor' AND close_date >= DATE '2026-07-01')
        / count(*) FILTER (NOT is_won AND close_date >= DATE '2026-07-01'), 2) AS "lost to a competitor Q3, %"
FROM deals
WHERE is_closed AND close_date BETWEEN DATE '2026-04-01' AND DATE '2026-09-30'
GROUP BY region
ORDER BY region

-- name: bad_tracking_day
WITH days AS (
    SELECT CAST(occurred_at AT TIME ZONE 'UTC' AS DATE) AS day, count(*) AS events
    FROM events
    GROUP BY 1
)
SELECT
    strftime(bad.day, '%Y-%m-%d') AS "day",
    bad.events AS "events",
    CAST(median(other.events) AS BIGINT) AS "median of the same weekday, four weeks before and after",
    round(100.0 * bad.events / median(other.events), 2) AS "share, %"
FROM days AS bad
JOIN days AS other
    ON other.day <> bad.day
    AND dayofweek(other.day) = dayofweek(bad.day)
    AND other.day BETWEEN bad.day - 28 AND bad.day + 28
WHERE bad.day = DATE '2026-10-13'
GROUP BY bad.day, bad.events

-- name: price_list
SELECT
    products.name AS "product",
    old.list_price AS "until 1 March 2026",
    new.list_price AS "from 2 March 2026",
    round(100.0 * new.list_price / old.list_price - 100, 2) AS "rise, %"
FROM price_list AS old
JOIN price_list AS new ON new.product_id = old.product_id AND new.valid_from = old.valid_to + 1
JOIN products ON products.product_id = old.product_id
ORDER BY old.product_id

-- name: price_rise
SELECT
    CASE WHEN start_date < DATE '2026-03-02' THEN '60 days before' ELSE '60 days after' END AS "when",
    count(*) AS "new subscriptions",
    round(avg(mrr), 2) AS "average new MRR",
    round(sum(mrr) / sum(seats), 2) AS "average seat price",
    round(sum(mrr) FILTER (product = 'Core' AND plan = 'Starter')
        / sum(seats) FILTER (product = 'Core' AND plan = 'Starter'), 2) AS "Core Starter seat",
    round(sum(mrr) FILTER (product = 'Core' AND plan = 'Growth')
        / sum(seats) FILTER (product = 'Core' AND plan = 'Growth'), 2) AS "Core Growth seat"
FROM subscriptions
WHERE movement = 'new' AND start_date BETWEEN DATE '2026-03-02' - 60 AND DATE '2026-03-02' + 59
GROUP BY 1
ORDER BY 1 DESC

-- name: early_churn
WITH starts AS (
    SELECT account_id, source, min(start_date) AS started
    FROM subscriptions
    WHERE movement = 'new' AND start_date >= DATE '2024-11-21'
    GROUP BY account_id, source
), ends AS (
    SELECT account_id, min(end_date) AS ended
    FROM subscriptions
    WHERE end_reason = 'churned'
    GROUP BY account_id
)
SELECT
    CASE
        WHEN source = 'Partner' AND started BETWEEN DATE '2026-06-01' AND DATE '2026-06-30'
            THEN 'started in June 2026 through a partner'
        WHEN started BETWEEN DATE '2026-06-01' AND DATE '2026-06-30' THEN 'started in June 2026 otherwise'
        WHEN source = 'Partner' THEN 'started in another month through a partner'
        ELSE 'started in another month otherwise'
    END AS "customers who",
    count(*) AS "customers",
    count(*) FILTER (ended <= started + 120) AS "left within 120 days",
    round(100.0 * count(*) FILTER (ended <= started + 120) / count(*), 2) AS "share, %"
FROM starts
LEFT JOIN ends USING (account_id)
WHERE started <= DATE '2026-11-20' - 120
GROUP BY 1
ORDER BY 4 DESC, 1

-- name: early_churn_usage
WITH starts AS (
    SELECT account_id, min(start_date) AS started, arg_min(source, start_date) AS source
    FROM subscriptions
    WHERE movement = 'new' AND start_date BETWEEN DATE '2025-01-01' AND DATE '2026-07-31'
    GROUP BY account_id
)
SELECT
    CASE
        WHEN source = 'Partner' AND started BETWEEN DATE '2026-06-01' AND DATE '2026-06-30'
            THEN 'started in June 2026 through a partner'
        ELSE 'all others who started since 2025'
    END AS "customers who",
    count(*) AS "customers",
    round(100.0 * count(*) FILTER (EXISTS (
        SELECT 1 FROM events
        WHERE events.account_id = starts.account_id
            AND event = 'data_connected'
            AND CAST(occurred_at AT TIME ZONE 'UTC' AS DATE) < started + 30
    )) / count(*), 2) AS "connected data within 30 days, %"
FROM starts
GROUP BY 1
ORDER BY 1 DESC

-- name: slipping_rep
WITH quarter_ends AS (
    SELECT CAST(last_day AS DATE) AS last_day
    FROM (VALUES
        ('2024-12-31'), ('2025-03-31'), ('2025-06-30'), ('2025-09-30'),
        ('2025-12-31'), ('2026-03-31'), ('2026-06-30'), ('2026-09-30')
    ) AS ends (last_day)
), due AS (
    SELECT last_day, deal_id, arg_max(owner_id, change_id) AS owner_id
    FROM deal_stage_changes
    JOIN quarter_ends ON CAST(changed_at AT TIME ZONE 'UTC' AS DATE) <= last_day - 14
    GROUP BY last_day, deal_id
    HAVING arg_max(new_stage, change_id) NOT IN ('Won', 'Lost') AND arg_max(new_close_date, change_id) <= last_day
), later AS (
    SELECT last_day, deal_id, arg_max(new_close_date, change_id) AS close_date
    FROM deal_stage_changes
    JOIN quarter_ends ON CAST(changed_at AT TIME ZONE 'UTC' AS DATE) <= last_day
    GROUP BY last_day, deal_id
)
SELECT
    CASE WHEN owners.name = 'Gareth Pryce' THEN 'Gareth Pryce' ELSE 'all other reps' END AS "rep",
    count(*) AS "open and due, two weeks before the quarter's end",
    count(*) FILTER (later.close_date > last_day) AS "pushed out in those weeks",
    round(100.0 * count(*) FILTER (later.close_date > last_day) / count(*), 2) AS "share, %"
FROM due
JOIN later USING (last_day, deal_id)
JOIN owners USING (owner_id)
GROUP BY 1
ORDER BY 1

-- name: slipping_rank
WITH quarter_ends AS (
    SELECT CAST(last_day AS DATE) AS last_day
    FROM (VALUES
        ('2024-12-31'), ('2025-03-31'), ('2025-06-30'), ('2025-09-30'),
        ('2025-12-31'), ('2026-03-31'), ('2026-06-30'), ('2026-09-30')
    ) AS ends (last_day)
), states AS (
    SELECT
        last_day,
        deal_id,
        arg_max(owner_id, change_id) AS owner_id,
        arg_max(new_stage, change_id) FILTER (CAST(changed_at AT TIME ZONE 'UTC' AS DATE) <= last_day - 14) AS stage,
        arg_max(new_close_date, change_id) FILTER (CAST(changed_at AT TIME ZONE 'UTC' AS DATE) <= last_day - 14) AS due,
        arg_max(new_close_date, change_id) AS close_date
    FROM deal_stage_changes
    JOIN quarter_ends ON CAST(changed_at AT TIME ZONE 'UTC' AS DATE) <= last_day
    GROUP BY last_day, deal_id
)
SELECT
    owners.name AS "rep",
    count(*) AS "due",
    count(*) FILTER (close_date > last_day) AS "pushed out",
    round(100.0 * count(*) FILTER (close_date > last_day) / count(*), 2) AS "share, %"
FROM states
JOIN owners USING (owner_id)
WHERE stage NOT IN ('Won', 'Lost') AND due <= last_day
GROUP BY owners.name
HAVING count(*) >= 20
ORDER BY 4 DESC, 1
LIMIT 3

-- name: mrr_by_month
SELECT
    strftime(month_end, '%Y-%m-%d') AS "month end",
    sum(mrr) AS "MRR",
    count(DISTINCT account_id) AS "customers"
FROM (
    SELECT CAST(unnest(generate_series(DATE '2024-12-01', DATE '2026-11-01', INTERVAL 1 MONTH)) - INTERVAL 1 DAY AS DATE)
        AS month_end
) AS months
JOIN subscriptions ON start_date <= month_end AND (end_date IS NULL OR end_date > month_end)
GROUP BY month_end
ORDER BY month_end

-- name: mrr_movements_by_quarter
SELECT
    strftime(date_trunc('quarter', occurred_on), '%Y-%m') AS "quarter from",
    sum(mrr_change) FILTER (movement = 'new') AS "new",
    sum(mrr_change) FILTER (movement = 'expansion') AS "expansion",
    sum(mrr_change) FILTER (movement = 'reactivation') AS "reactivation",
    sum(mrr_change) FILTER (movement = 'contraction') AS "contraction",
    sum(mrr_change) FILTER (movement = 'churn') AS "churn",
    sum(mrr_change) AS "net"
FROM mrr_movements
WHERE occurred_on >= DATE '2025-01-01'
GROUP BY 1
ORDER BY 1

-- name: retention
WITH opening AS (
    SELECT account_id, sum(mrr) AS mrr
    FROM subscriptions
    WHERE start_date <= DATE '2025-10-31' AND (end_date IS NULL OR end_date > DATE '2025-10-31')
    GROUP BY account_id
), closing AS (
    SELECT account_id, sum(mrr) AS mrr
    FROM subscriptions
    WHERE start_date <= DATE '2026-10-31' AND (end_date IS NULL OR end_date > DATE '2026-10-31')
    GROUP BY account_id
)
SELECT
    count(*) AS "customers on 31 October 2025",
    count(closing.mrr) AS "of them on 31 October 2026",
    round(100.0 * sum(closing.mrr) / sum(opening.mrr), 2) AS "net revenue retention, %",
    round(100.0 * sum(least(coalesce(closing.mrr, 0), opening.mrr)) / sum(opening.mrr), 2) AS "gross revenue retention, %"
FROM opening
LEFT JOIN closing USING (account_id)

-- name: cycle
SELECT
    CASE WHEN is_won THEN 'won' ELSE 'lost' END AS "outcome",
    count(*) AS "deals",
    round(avg(date_diff('day', CAST(created_at AT TIME ZONE 'UTC' AS DATE), close_date)), 2) AS "mean days",
    CAST(median(date_diff('day', CAST(created_at AT TIME ZONE 'UTC' AS DATE), close_date)) AS BIGINT) AS "median days"
FROM deals
WHERE is_closed AND type = 'new'
GROUP BY 1
ORDER BY 1 DESC

-- name: seasons
SELECT
    round(100.0 * count(*) FILTER (close_date > CAST(date_trunc('quarter', close_date) + INTERVAL 3 MONTH AS DATE) - 11)
        / count(*), 2) AS "won in the last ten days of a quarter, %",
    round(100.0 * 10 / 91.25, 2) AS "if wins were even, %"
FROM deals
WHERE is_won AND close_date BETWEEN DATE '2025-01-01' AND DATE '2026-09-30'

-- name: pipeline_today
SELECT
    stage AS "stage",
    count(*) AS "open deals",
    sum(amount) AS "amount"
FROM deals
WHERE NOT is_closed
GROUP BY stage
ORDER BY list_position(['Qualified', 'Discovery', 'Demo', 'Proposal', 'Negotiation'], stage)

-- name: pipeline_as_of
SELECT
    count(*) AS "deals open on 30 September 2026",
    sum(amount) AS "amount",
    sum(amount) FILTER (close_date BETWEEN DATE '2026-10-01' AND DATE '2026-12-31') AS "due in Q4 2026"
FROM (
    SELECT
        arg_max(new_stage, change_id) AS stage,
        arg_max(new_amount, change_id) AS amount,
        arg_max(new_close_date, change_id) AS close_date
    FROM deal_stage_changes
    WHERE CAST(changed_at AT TIME ZONE 'UTC' AS DATE) <= DATE '2026-09-30'
    GROUP BY deal_id
) AS states
WHERE stage NOT IN ('Won', 'Lost')

-- name: usage_before_churn
WITH months AS (
    SELECT account_id, end_date, end_date - 30 AS late_from, end_date - 150 AS early_from, end_date - 120 AS early_to
    FROM subscriptions
    WHERE end_reason = 'churned' AND end_date >= DATE '2025-06-01'
        AND start_date < end_date - 150
    GROUP BY account_id, end_date
)
SELECT
    count(DISTINCT months.account_id) AS "customers who left",
    count(*) FILTER (CAST(occurred_at AT TIME ZONE 'UTC' AS DATE) BETWEEN early_from AND early_to - 1)
        AS "product events, days 150 to 121 before",
    count(*) FILTER (CAST(occurred_at AT TIME ZONE 'UTC' AS DATE) BETWEEN late_from AND end_date - 1)
        AS "product events, last 30 days"
FROM months
JOIN events ON events.account_id = months.account_id AND surface = 'product'

-- name: sources
SELECT
    source AS "source",
    count(*) AS "new deals closed",
    round(100.0 * count(*) FILTER (is_won) / count(*), 2) AS "win rate, %"
FROM deals
WHERE is_closed AND type = 'new'
GROUP BY source
ORDER BY 3 DESC, 1
