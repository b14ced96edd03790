-- Every metric of the revenue pack of Brightwater from 1 October to 20 November 2026, as somebody would write it by
-- hand: each column is a metric.

-- deals
WITH closed AS (
    SELECT *, close_date - CAST(created_at AT TIME ZONE 'America/New_York' AS DATE) AS days
    FROM deals WHERE close_date BETWEEN DATE '2026-10-01' AND DATE '2026-11-20'
), made AS (
    SELECT * FROM deals
    WHERE CAST(created_at AT TIME ZONE 'America/New_York' AS DATE) BETWEEN DATE '2026-10-01' AND DATE '2026-11-20'
)
SELECT
    sum(closed.amount) FILTER (stage = 'Won') AS bookings,
    count(*) FILTER (stage = 'Won') AS won_deals,
    count(*) FILTER (stage = 'Lost') AS lost_deals,
    count(*) FILTER (stage IN ('Won', 'Lost')) AS closed_deals,
    won_deals / closed_deals AS win_rate,
    bookings / sum(closed.amount) FILTER (stage IN ('Won', 'Lost')) AS win_rate_by_amount,
    bookings / won_deals AS average_deal,
    sum(closed.amount) FILTER (stage = 'Won' AND type IN ('new', 'expansion')) AS new_bookings,
    count(*) FILTER (stage = 'Won' AND type = 'renewal') / count(*) FILTER (stage IN ('Won', 'Lost') AND type = 'renewal')
        AS renewal_rate,
    avg(days) FILTER (stage = 'Won') AS sales_cycle_days,
    sum(closed.amount) FILTER (stage NOT IN ('Won', 'Lost')) AS open_pipeline,
    count(*) FILTER (stage NOT IN ('Won', 'Lost')) AS open_deals,
    open_pipeline / open_deals AS pipeline_per_deal,
    open_deals * win_rate * average_deal / sales_cycle_days AS pipeline_velocity,
    (SELECT sum(amount) FROM made) AS pipeline_created,
    (SELECT count(*) FROM made) AS deals_created,
    any_value(planned.amount) AS bookings_target,
    bookings / bookings_target AS target_attainment,
    open_pipeline / bookings_target AS pipeline_coverage
FROM closed, (
    SELECT sum(amount) AS amount FROM targets WHERE level = 'region' AND period_start = DATE '2026-10-01'
) AS planned;

-- deal_stage_changes
WITH changes AS (
    SELECT *, CAST(changed_at AT TIME ZONE 'America/New_York' AS DATE) AS day FROM deal_stage_changes
    WHERE CAST(changed_at AT TIME ZONE 'America/New_York' AS DATE) BETWEEN DATE '2026-10-01' AND DATE '2026-11-20'
)
SELECT
    count(*) FILTER (kind = 'close_date' AND new_close_date > old_close_date AND new_close_date > day) AS slips,
    count(*) FILTER (
        kind = 'close_date' AND new_close_date > day AND (
            year(new_close_date) > year(old_close_date)
            OR (year(new_close_date) = year(old_close_date) AND quarter(new_close_date) > quarter(old_close_date))
        )
    ) AS slips_past_quarter,
    count(*) FILTER (old_stage <> new_stage) AS stage_changes,
    slips_past_quarter / (
        SELECT count(*) FROM deals
        WHERE stage IN ('Won', 'Lost') AND close_date BETWEEN DATE '2026-10-01' AND DATE '2026-11-20'
    ) AS slippage_rate
FROM changes;

-- subscriptions, of which each is one price paid over some days
WITH paid AS (
    SELECT
        sum(mrr) FILTER (start_date <= DATE '2026-11-20' AND (end_date IS NULL OR end_date > DATE '2026-11-20')) AS now,
        sum(mrr) FILTER (start_date <= DATE '2026-09-30' AND (end_date IS NULL OR end_date > DATE '2026-09-30')) AS opening,
        sum(mrr) FILTER (start_date <= DATE '2025-11-20' AND (end_date IS NULL OR end_date > DATE '2025-11-20')) AS a_year_ago,
        count(DISTINCT account_id) FILTER (
            start_date <= DATE '2026-11-20' AND (end_date IS NULL OR end_date > DATE '2026-11-20')) AS accounts
    FROM subscriptions
), moved AS (
    SELECT
        sum(mrr_change) FILTER (movement = 'new') AS new,
        sum(mrr_change) FILTER (movement = 'expansion') AS expansion,
        -sum(mrr_change) FILTER (movement = 'contraction') AS contraction,
        -sum(mrr_change) FILTER (movement = 'churn') AS churn,
        coalesce(sum(mrr_change) FILTER (movement = 'reactivation'), 0) AS back
    FROM mrr_movements WHERE occurred_on BETWEEN DATE '2026-10-01' AND DATE '2026-11-20'
), spent AS (
    SELECT
        sum(amount) FILTER (spent_on BETWEEN DATE '2026-10-01' AND DATE '2026-11-20') AS now,
        sum(amount) FILTER (spent_on BETWEEN DATE '2026-07-01' AND DATE '2026-08-20') AS earlier
    FROM campaign_spend
), begun AS (
    SELECT
        count(DISTINCT account_id) FILTER (movement = 'new' AND start_date BETWEEN '2026-10-01' AND '2026-11-20') AS fresh,
        count(DISTINCT account_id) FILTER (end_reason = 'churned' AND end_date BETWEEN '2026-10-01' AND '2026-11-20') AS gone,
        avg(mrr) FILTER (movement = 'new' AND start_date BETWEEN '2026-10-01' AND '2026-11-20') AS first_price,
        sum(mrr) FILTER (movement = 'new' AND start_date BETWEEN '2026-10-01' AND '2026-11-20')
            / sum(seats) FILTER (movement = 'new' AND start_date BETWEEN '2026-10-01' AND '2026-11-20') AS seat_price
    FROM subscriptions
), billed AS (
    SELECT sum(amount) AS amount FROM invoices WHERE invoice_date BETWEEN DATE '2026-10-01' AND DATE '2026-11-20'
)
SELECT
    paid.now AS mrr,
    paid.now * 12 AS arr,
    paid.now - opening AS net_new_mrr,
    new AS new_mrr,
    expansion AS expansion_mrr,
    contraction AS contraction_mrr,
    churn AS churned_mrr,
    back AS reactivation_mrr,
    (opening + expansion - contraction - churn) / opening AS net_revenue_retention,
    (opening - contraction - churn) / opening AS gross_revenue_retention,
    churn / opening AS mrr_churn_rate,
    (new + expansion + back) / (contraction + churn) AS quick_ratio,
    paid.now / a_year_ago - 1 AS arr_growth,
    (paid.now - opening) * 12 / earlier AS magic_number,
    paid.now / a_year_ago - 1 + (billed.amount - spent.now) / billed.amount AS rule_of_40,
    accounts AS customers,
    fresh AS new_customers,
    gone AS churned_customers,
    gone / (accounts + gone) AS logo_churn_rate,
    paid.now / accounts AS arpa,
    paid.now / accounts / (churn / opening) AS lifetime_value,
    first_price AS average_new_mrr,
    seat_price AS average_seat_price,
    spent.now / fresh AS acquisition_cost,
    spent.now / fresh / first_price AS payback_months,
    paid.now / accounts / (churn / opening) / (spent.now / fresh) AS lifetime_value_to_cost
FROM paid, moved, spent, begun, billed;

-- campaigns and people
SELECT
    spend AS campaign_spend, clicks AS campaign_clicks, spend / clicks AS cost_per_click,
    clicks / impressions AS click_rate, spend / leads AS cost_per_lead, leads, leads / clicks AS leads_per_click,
    leads / accounts AS contacts_per_account, later / leads AS lead_qualification_rate, qualified AS qualified_leads,
    touches, people AS people_reached, budget AS campaign_budget, entered AS accounts_created,
    (SELECT sum(amount) FROM deals WHERE stage = 'Won' AND type IN ('new', 'expansion')
        AND close_date BETWEEN DATE '2026-10-01' AND DATE '2026-11-20') / spend AS return_on_spend
FROM (
    SELECT sum(amount) AS spend, sum(clicks) AS clicks, sum(impressions) AS impressions
    FROM campaign_spend WHERE spent_on BETWEEN DATE '2026-10-01' AND DATE '2026-11-20'
), (
    SELECT count(*) AS leads, count(DISTINCT account_id) AS accounts, count(qualified_at) AS later FROM contacts
    WHERE CAST(created_at AT TIME ZONE 'America/New_York' AS DATE) BETWEEN DATE '2026-10-01' AND DATE '2026-11-20'
), (
    SELECT count(*) AS qualified FROM contacts
    WHERE CAST(qualified_at AT TIME ZONE 'America/New_York' AS DATE) BETWEEN DATE '2026-10-01' AND DATE '2026-11-20'
), (
    SELECT count(*) AS touches, count(DISTINCT contact_id) AS people FROM campaign_touches
    WHERE CAST(occurred_at AT TIME ZONE 'America/New_York' AS DATE) BETWEEN DATE '2026-10-01' AND DATE '2026-11-20'
), (
    SELECT sum(budget) AS budget FROM campaigns WHERE start_date BETWEEN DATE '2026-10-01' AND DATE '2026-11-20'
), (
    SELECT count(*) AS entered FROM accounts
    WHERE CAST(created_at AT TIME ZONE 'America/New_York' AS DATE) BETWEEN DATE '2026-10-01' AND DATE '2026-11-20'
);

-- activities and events
SELECT
    activities, held AS meetings_held, connected / calls AS connect_rate, worked AS accounts_worked,
    activities / worked AS activities_per_account, events, sessions, users AS active_users,
    customers AS active_accounts, visitors AS website_visitors, demos AS demo_requests
FROM (
    SELECT
        count(*) AS activities, count(DISTINCT account_id) AS worked, count(*) FILTER (type = 'call') AS calls,
        count(*) FILTER (type IN ('meeting', 'demo') AND outcome = 'held') AS held,
        count(*) FILTER (type = 'call' AND outcome = 'connected') AS connected
    FROM activities
    WHERE CAST(occurred_at AT TIME ZONE 'America/New_York' AS DATE) BETWEEN DATE '2026-10-01' AND DATE '2026-11-20'
), (
    SELECT
        count(*) AS events, count(DISTINCT session_id) AS sessions,
        count(DISTINCT contact_id) FILTER (surface = 'product') AS users,
        count(DISTINCT account_id) FILTER (surface = 'product') AS customers,
        count(DISTINCT contact_id) FILTER (surface = 'web') AS visitors,
        count(*) FILTER (event = 'demo_requested') AS demos
    FROM events
    WHERE CAST(occurred_at AT TIME ZONE 'America/New_York' AS DATE) BETWEEN DATE '2026-10-01' AND DATE '2026-11-20'
);

-- invoices
SELECT
    sum(amount) AS invoiced_revenue, count(DISTINCT invoice_id) AS invoices_sent,
    sum(amount) / count(DISTINCT invoice_id) AS average_invoice,
    (SELECT sum(amount) FROM invoices WHERE paid_on BETWEEN DATE '2026-10-01' AND DATE '2026-11-20') AS cash_collected,
    sum(amount) FILTER (status = 'overdue') AS overdue_amount
FROM invoices WHERE invoice_date BETWEEN DATE '2026-10-01' AND DATE '2026-11-20';

-- owners
SELECT count(*) AS hires FROM owners WHERE hired_on BETWEEN DATE '2026-10-01' AND DATE '2026-11-20';
