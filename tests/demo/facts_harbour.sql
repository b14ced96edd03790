-- name: rows
SELECT 'customers' AS "table", (SELECT count(*) FROM customers) AS "rows" UNION ALL
SELECT 'reps', (SELECT count(*) FROM reps) UNION ALL
SELECT 'products', (SELECT count(*) FROM products) UNION ALL
SELECT 'orders', (SELECT count(*) FROM orders) UNION ALL
SELECT 'order_lines', (SELECT count(*) FROM order_lines) UNION ALL
SELECT 'returns', (SELECT count(*) FROM returns) UNION ALL
SELECT 'targets', (SELECT count(*) FROM targets)

-- name: quarter_to_date
SELECT span AS "days", sum(amount) AS "revenue", count(DISTINCT order_id) AS "orders"
FROM order_lines
JOIN (
    VALUES
    (1, '1 October to 20 November 2026', DATE '2026-10-01', DATE '2026-11-20'),
    (2, '1 July to 20 August 2026', DATE '2026-07-01', DATE '2026-08-20'),
    (3, '1 October to 20 November 2025', DATE '2025-10-01', DATE '2025-11-20')
) AS spans (place, span, first_day, last_day) ON order_date BETWEEN first_day AND last_day
GROUP BY place, span
ORDER BY place

-- name: revenue_by_quarter
SELECT
    strftime(date_trunc('quarter', order_date), '%Y-%m') AS "quarter from",
    sum(amount) AS "revenue",
    count(DISTINCT order_id) AS "orders",
    round(sum(amount) / count(DISTINCT order_id), 2) AS "average order",
    round(100.0 * sum(amount - cost) / sum(amount), 2) AS "gross margin, %"
FROM order_lines
GROUP BY 1
ORDER BY 1

-- name: bad_batch
WITH sold AS (
    SELECT region, date_trunc('quarter', order_date) AS quarter, sum(amount) AS amount
    FROM order_lines
    JOIN customers USING (customer_id)
    GROUP BY ALL
), returned AS (
    SELECT region, date_trunc('quarter', returned_on) AS quarter, sum(amount) AS amount
    FROM returns
    JOIN customers USING (customer_id)
    GROUP BY ALL
)
SELECT
    strftime(quarter, '%Y-%m') AS "quarter from",
    round(100.0 * sum(returned.amount) FILTER (region = 'South') / sum(sold.amount) FILTER (region = 'South'), 2)
        AS "return rate South, %",
    round(100.0 * sum(returned.amount) FILTER (region <> 'South') / sum(sold.amount) FILTER (region <> 'South'), 2)
        AS "all other regions, %"
FROM sold
JOIN returned USING (region, quarter)
WHERE quarter >= DATE '2025-10-01'
GROUP BY quarter
ORDER BY quarter

-- name: bad_batch_lines
SELECT
    batch AS "batch",
    count(*) AS "returns",
    count(*) FILTER (region = 'South') AS "from the South",
    count(*) FILTER (category = 'Coatings') AS "coatings",
    strftime(min(order_date), '%Y-%m-%d') AS "first ordered"
FROM returns
JOIN order_lines USING (order_line_id)
JOIN customers ON customers.customer_id = returns.customer_id
JOIN products ON products.product_id = returns.product_id
WHERE reason = 'Defective' AND batch = 'B2607' AND category = 'Coatings' AND region = 'South'
GROUP BY batch

-- name: lost_customer
SELECT
    strftime(date_trunc('quarter', order_date), '%Y-%m') AS "quarter from",
    coalesce(sum(amount) FILTER (name = 'Nordkai Werften'), 0) AS "revenue Nordkai Werften",
    round(100.0 * coalesce(sum(amount) FILTER (name = 'Nordkai Werften'), 0) / sum(amount), 2) AS "share of all, %",
    sum(amount) FILTER (region = 'North') AS "revenue North"
FROM order_lines
JOIN customers USING (customer_id)
WHERE order_date >= DATE '2025-01-01'
GROUP BY 1
ORDER BY 1

-- name: largest_customers
SELECT
    customers.name AS "customer",
    sum(amount) AS "revenue",
    strftime(max(order_date), '%Y-%m-%d') AS "last order"
FROM order_lines
JOIN customers USING (customer_id)
WHERE order_date < DATE '2026-04-01'
GROUP BY customers.name
ORDER BY 2 DESC
LIMIT 3

-- name: price_rise
WITH before AS (
    SELECT product_id, max(unit_price) AS price FROM order_lines WHERE order_date < DATE '2026-01-05' GROUP BY product_id
), after AS (
    SELECT product_id, min(unit_price) AS price FROM order_lines WHERE order_date >= DATE '2026-01-05' GROUP BY product_id
)
SELECT
    CASE WHEN category = 'Coatings' THEN 'Coatings' ELSE 'all other categories' END AS "category",
    count(*) AS "products",
    round(100.0 * sum(after.price) / sum(before.price) - 100, 2) AS "rise of the list price on 5 January 2026, %"
FROM before
JOIN after USING (product_id)
JOIN products USING (product_id)
GROUP BY 1
ORDER BY 1

-- name: seasons
SELECT
    category AS "category",
    round(100.0 * sum(amount) FILTER (month(order_date) IN (3, 4, 5)) / sum(amount), 2) AS "of it in March to May 2025, %"
FROM order_lines
JOIN products USING (product_id)
WHERE order_date BETWEEN DATE '2025-01-01' AND DATE '2025-12-31'
GROUP BY category
ORDER BY 2 DESC, 1
