-- metric: brightwater bookings by region
SELECT region, sum(amount) FROM deals
WHERE stage = 'Won' AND close_date BETWEEN DATE '2026-10-01' AND DATE '2026-11-20' GROUP BY region ORDER BY region

-- metric: brightwater bookings by owner
SELECT owners.name, sum(amount) FROM deals JOIN owners ON owners.owner_id = deals.owner_id
WHERE stage = 'Won' AND close_date BETWEEN DATE '2026-10-01' AND DATE '2026-11-20'
GROUP BY owners.name ORDER BY owners.name

-- metric: brightwater won_deals by industry
SELECT industry, count(*) FILTER (stage = 'Won') FROM deals JOIN accounts USING (account_id)
WHERE close_date BETWEEN DATE '2026-10-01' AND DATE '2026-11-20' GROUP BY industry ORDER BY industry

-- metric: brightwater win_rate by region
SELECT region, count(*) FILTER (stage = 'Won') / count(*) FROM deals
WHERE stage IN ('Won', 'Lost') AND close_date BETWEEN DATE '2026-10-01' AND DATE '2026-11-20'
GROUP BY region ORDER BY region

-- metric: brightwater win_rate by team
SELECT team, count(*) FILTER (stage = 'Won') / count(*) FROM deals JOIN owners USING (owner_id)
WHERE stage IN ('Won', 'Lost') AND close_date BETWEEN DATE '2026-10-01' AND DATE '2026-11-20'
GROUP BY team ORDER BY team

-- metric: brightwater win_rate monthly
SELECT CAST(date_trunc('month', close_date) AS DATE), count(*) FILTER (stage = 'Won') / count(*) FROM deals
WHERE stage IN ('Won', 'Lost') AND close_date BETWEEN DATE '2026-01-01' AND DATE '2026-11-20'
GROUP BY 1 ORDER BY 1

-- metric: brightwater average_deal by segment
SELECT segment, avg(amount) FROM deals
WHERE stage = 'Won' AND close_date BETWEEN DATE '2026-10-01' AND DATE '2026-11-20' GROUP BY segment ORDER BY segment

-- metric: brightwater sales_cycle_days by type
SELECT type, avg(close_date - CAST(created_at AT TIME ZONE 'America/New_York' AS DATE)) FROM deals
WHERE stage = 'Won' AND close_date BETWEEN DATE '2026-10-01' AND DATE '2026-11-20' GROUP BY type ORDER BY type

-- metric: brightwater pipeline_created by source
SELECT source, sum(amount) FROM deals
WHERE CAST(created_at AT TIME ZONE 'America/New_York' AS DATE) BETWEEN DATE '2026-10-01' AND DATE '2026-11-20'
GROUP BY source ORDER BY source

-- metric: brightwater deals_created monthly
SELECT CAST(date_trunc('month', created_at AT TIME ZONE 'America/New_York') AS DATE), count(*) FROM deals
WHERE CAST(created_at AT TIME ZONE 'America/New_York' AS DATE) BETWEEN DATE '2026-01-01' AND DATE '2026-11-20'
GROUP BY 1 ORDER BY 1

-- metric: brightwater slips by owner
SELECT owners.name, count(*) FILTER (
    old_close_date < new_close_date AND new_close_date > CAST(changed_at AT TIME ZONE 'America/New_York' AS DATE)
    AND old_stage = new_stage AND old_amount = new_amount AND new_stage NOT IN ('Won', 'Lost')
) FROM deal_stage_changes JOIN owners USING (owner_id)
WHERE CAST(changed_at AT TIME ZONE 'America/New_York' AS DATE) BETWEEN DATE '2026-10-01' AND DATE '2026-11-20'
GROUP BY owners.name ORDER BY owners.name

-- metric: brightwater new_mrr by plan
SELECT plan, sum(mrr) FROM subscriptions
WHERE movement = 'new' AND start_date BETWEEN DATE '2026-10-01' AND DATE '2026-11-20' GROUP BY plan ORDER BY plan

-- metric: brightwater churned_mrr monthly
SELECT CAST(date_trunc('month', end_date) AS DATE), sum(mrr) FROM subscriptions
WHERE end_reason = 'churned' AND end_date BETWEEN DATE '2026-01-01' AND DATE '2026-11-20' GROUP BY 1 ORDER BY 1

-- metric: brightwater net_new_mrr by segment
WITH days AS (
    SELECT
        segment,
        sum(mrr) FILTER (start_date <= DATE '2026-11-20' AND (end_date IS NULL OR end_date > DATE '2026-11-20')) AS later,
        sum(mrr) FILTER (start_date <= DATE '2026-09-30' AND (end_date IS NULL OR end_date > DATE '2026-09-30')) AS earlier
    FROM subscriptions JOIN accounts USING (account_id) GROUP BY segment
)
SELECT segment, later - earlier FROM days ORDER BY segment

-- metric: brightwater average_seat_price by plan
SELECT plan, sum(mrr) / sum(seats) FROM subscriptions
WHERE movement = 'new' AND start_date BETWEEN DATE '2026-10-01' AND DATE '2026-11-20' GROUP BY plan ORDER BY plan

-- metric: brightwater invoiced_revenue by country
SELECT country, sum(amount) FROM invoices JOIN accounts USING (account_id)
WHERE invoice_date BETWEEN DATE '2026-10-01' AND DATE '2026-11-20' GROUP BY country ORDER BY country

-- metric: brightwater active_users monthly
SELECT CAST(date_trunc('month', occurred_at AT TIME ZONE 'America/New_York') AS DATE), count(DISTINCT contact_id)
FROM events
WHERE surface = 'product'
    AND CAST(occurred_at AT TIME ZONE 'America/New_York' AS DATE) BETWEEN DATE '2026-01-01' AND DATE '2026-11-20'
GROUP BY 1 ORDER BY 1

-- metric: brightwater events by event
SELECT event, count(*) FROM events
WHERE CAST(occurred_at AT TIME ZONE 'America/New_York' AS DATE) BETWEEN DATE '2026-10-01' AND DATE '2026-11-20'
GROUP BY event ORDER BY event

-- metric: brightwater activities by manager
SELECT manager, count(*) FROM activities JOIN owners USING (owner_id)
WHERE CAST(occurred_at AT TIME ZONE 'America/New_York' AS DATE) BETWEEN DATE '2026-10-01' AND DATE '2026-11-20'
GROUP BY manager ORDER BY manager

-- metric: brightwater leads by source
SELECT source, count(*) FROM contacts
WHERE CAST(created_at AT TIME ZONE 'America/New_York' AS DATE) BETWEEN DATE '2026-10-01' AND DATE '2026-11-20'
GROUP BY source ORDER BY source

-- metric: brightwater touches by channel
SELECT channel, count(*) FROM campaign_touches
WHERE CAST(occurred_at AT TIME ZONE 'America/New_York' AS DATE) BETWEEN DATE '2026-10-01' AND DATE '2026-11-20'
GROUP BY channel ORDER BY channel

-- metric: brightwater campaign_spend by campaign
SELECT campaigns.name, sum(amount) FROM campaign_spend JOIN campaigns USING (campaign_id)
WHERE spent_on BETWEEN DATE '2026-10-01' AND DATE '2026-11-20' GROUP BY campaigns.name ORDER BY campaigns.name

-- metric: brightwater target_attainment by region
SELECT region, booked / amount
FROM targets JOIN (
    SELECT region, sum(amount) AS booked FROM deals
    WHERE is_won AND close_date BETWEEN DATE '2026-10-01' AND DATE '2026-11-20' GROUP BY region
) AS bookings USING (region)
WHERE period_start = DATE '2026-10-01' ORDER BY region

-- metric: harbour revenue by category
SELECT category, sum(amount) FROM order_lines JOIN products USING (product_id)
WHERE order_date BETWEEN DATE '2026-10-01' AND DATE '2026-11-20' GROUP BY category ORDER BY category

-- metric: harbour revenue by rep
SELECT reps.name, sum(amount)
FROM order_lines JOIN orders USING (order_id) JOIN reps USING (rep_id)
WHERE orders.order_date BETWEEN DATE '2026-10-01' AND DATE '2026-11-20' GROUP BY reps.name ORDER BY reps.name

-- metric: harbour orders monthly
SELECT CAST(date_trunc('month', order_date) AS DATE), count(*) FROM orders
WHERE order_date BETWEEN DATE '2026-01-01' AND DATE '2026-11-20' GROUP BY 1 ORDER BY 1

-- metric: harbour average_order by segment
SELECT segment, sum(amount) / count(DISTINCT order_id) FROM order_lines JOIN customers USING (customer_id)
WHERE order_date BETWEEN DATE '2026-10-01' AND DATE '2026-11-20' GROUP BY segment ORDER BY segment

-- metric: harbour gross_margin by category
SELECT category, 1 - sum(quantity * unit_cost) / sum(amount) FROM order_lines JOIN products USING (product_id)
WHERE order_date BETWEEN DATE '2026-10-01' AND DATE '2026-11-20' GROUP BY category ORDER BY category

-- metric: harbour return_rate by region
WITH sold AS (
    SELECT region, sum(amount) AS amount FROM order_lines JOIN customers USING (customer_id)
    WHERE order_date BETWEEN DATE '2026-10-01' AND DATE '2026-11-20' GROUP BY region
), returned AS (
    SELECT region, sum(amount) AS amount FROM returns JOIN customers USING (customer_id)
    WHERE returned_on BETWEEN DATE '2026-10-01' AND DATE '2026-11-20' GROUP BY region
)
SELECT region, returned.amount / sold.amount FROM sold JOIN returned USING (region) ORDER BY region

-- metric: harbour customers_ordering by region
SELECT region, count(DISTINCT customer_id) FROM orders JOIN customers USING (customer_id)
WHERE order_date BETWEEN DATE '2026-10-01' AND DATE '2026-11-20' GROUP BY region ORDER BY region

-- metric: harbour units by category
SELECT category, sum(quantity) FROM order_lines JOIN products USING (product_id)
WHERE order_date BETWEEN DATE '2026-10-01' AND DATE '2026-11-20' GROUP BY category ORDER BY category
