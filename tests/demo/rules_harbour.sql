-- name: customer_orders_only_while_a_customer
SELECT * FROM orders JOIN customers USING (customer_id) WHERE order_date < customer_since

-- name: rep_serves_the_region_of_the_customer
SELECT * FROM customers JOIN reps USING (rep_id) WHERE reps.region <> customers.region

-- name: order_has_the_rep_of_the_customer
SELECT * FROM orders JOIN customers USING (customer_id) WHERE orders.rep_id <> customers.rep_id

-- name: order_is_taken_on_its_date
SELECT * FROM orders WHERE order_date <> CAST(ordered_at AT TIME ZONE 'Europe/Berlin' AS DATE)

-- name: order_is_shipped_after_it_is_taken
SELECT * FROM orders WHERE shipped_on <= order_date OR (status = 'shipped') <> (shipped_on IS NOT NULL)

-- name: orders_are_in_order_of_time
SELECT * FROM (SELECT ordered_at, lag(ordered_at) OVER (ORDER BY order_id) AS before FROM orders) AS rows
WHERE before > ordered_at

-- name: order_has_as_many_lines_as_it_says
SELECT order_id FROM orders LEFT JOIN order_lines USING (order_id)
GROUP BY order_id, lines HAVING count(order_line_id) <> lines OR max(line_number) <> lines

-- name: line_has_the_date_and_customer_of_its_order
SELECT * FROM order_lines JOIN orders USING (order_id)
WHERE order_lines.order_date <> orders.order_date OR order_lines.customer_id <> orders.customer_id

-- name: line_amount_is_quantity_times_price_less_discount
SELECT * FROM order_lines
WHERE abs(amount - quantity * unit_price * (100 - discount_percent) / 100) > 0.0051 OR quantity < 1

-- name: line_cost_is_quantity_times_unit_cost
SELECT * FROM order_lines JOIN products USING (product_id) WHERE cost <> quantity * unit_cost

-- name: return_is_of_a_line_and_later_and_not_more
SELECT * FROM returns JOIN order_lines USING (order_line_id)
WHERE returns.order_id <> order_lines.order_id OR returns.product_id <> order_lines.product_id
    OR returns.customer_id <> order_lines.customer_id OR returned_on <= order_date
    OR returns.quantity > order_lines.quantity OR returns.amount > order_lines.amount

-- name: largest_customer_does_not_order_after_leaving
SELECT * FROM orders JOIN customers USING (customer_id)
WHERE name = 'Nordkai Werften' AND order_date > DATE '2026-03-27'

-- name: names_are_unique
SELECT name FROM customers GROUP BY name HAVING count(*) > 1 UNION ALL
SELECT name FROM reps GROUP BY name HAVING count(*) > 1 UNION ALL
SELECT name FROM products GROUP BY name HAVING count(*) > 1
