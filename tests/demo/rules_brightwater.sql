-- name: deal_owner_is_hired_before_the_deal
SELECT * FROM deals JOIN owners USING (owner_id)
WHERE CAST(created_at AT TIME ZONE 'UTC' AS DATE) < hired_on

-- name: activity_owner_is_hired_before_the_activity
SELECT * FROM activities JOIN owners USING (owner_id)
WHERE CAST(occurred_at AT TIME ZONE 'UTC' AS DATE) < hired_on

-- name: contact_is_created_after_its_account
SELECT * FROM contacts JOIN accounts USING (account_id) WHERE contacts.created_at <= accounts.created_at

-- name: contact_is_qualified_after_it_is_created
SELECT * FROM contacts WHERE qualified_at < created_at

-- name: contact_is_qualified_before_its_first_deal
SELECT contact_id FROM contacts JOIN deals USING (contact_id)
GROUP BY contact_id
HAVING coalesce(min(qualified_at), TIMESTAMPTZ '2100-01-01 00:00:00Z') > min(deals.created_at)

-- name: deal_is_with_a_contact_known_before_at_the_same_account
SELECT * FROM deals JOIN contacts USING (contact_id)
WHERE contacts.account_id <> deals.account_id OR contacts.created_at >= deals.created_at

-- name: deal_has_the_region_and_segment_of_its_account
SELECT * FROM deals JOIN accounts USING (account_id)
WHERE accounts.region <> deals.region OR accounts.segment <> deals.segment

-- name: deal_has_the_product_and_plan_of_its_price
SELECT * FROM deals JOIN products USING (product_id)
WHERE products.product <> deals.product OR products.plan <> deals.plan

-- name: deal_has_the_channel_of_its_campaign
SELECT * FROM deals LEFT JOIN campaigns USING (campaign_id)
WHERE coalesce(campaigns.channel, 'Existing customer') <> deals.source

-- name: deal_is_closed_after_it_is_created
SELECT * FROM deals WHERE closed_at <= created_at

-- name: deal_stage_flags_and_reason_agree
SELECT * FROM deals
WHERE is_closed <> (stage IN ('Won', 'Lost')) OR is_won <> (stage = 'Won')
    OR is_closed <> (closed_at IS NOT NULL) OR (stage = 'Lost') <> (lost_reason IS NOT NULL)

-- name: deal_closes_on_its_close_date
SELECT * FROM deals WHERE is_closed AND close_date <> CAST(closed_at AT TIME ZONE 'UTC' AS DATE)

-- name: deal_closes_on_a_weekday
SELECT * FROM deals WHERE is_closed AND dayofweek(close_date) IN (0, 6)

-- name: expansion_and_renewal_are_of_customers
SELECT * FROM deals
WHERE type <> 'new' AND NOT EXISTS (
    SELECT 1 FROM subscriptions
    WHERE subscriptions.account_id = deals.account_id
        AND start_date <= CAST(created_at AT TIME ZONE 'UTC' AS DATE)
        AND (end_date IS NULL OR end_date > CAST(created_at AT TIME ZONE 'UTC' AS DATE))
)

-- name: new_deal_is_not_of_a_customer
SELECT * FROM deals
WHERE type = 'new' AND EXISTS (
    SELECT 1 FROM subscriptions
    WHERE subscriptions.account_id = deals.account_id
        AND start_date < CAST(created_at AT TIME ZONE 'UTC' AS DATE)
        AND (end_date IS NULL OR end_date > CAST(created_at AT TIME ZONE 'UTC' AS DATE))
)

-- name: history_begins_with_the_creation
SELECT deal_id FROM deals LEFT JOIN deal_stage_changes USING (deal_id)
GROUP BY deal_id, created_at
HAVING coalesce(arg_min(kind, change_id), '') <> 'created' OR min(changed_at) <> created_at
    OR count(*) FILTER (kind = 'created') <> 1

-- name: history_ends_at_the_deal_as_it_is
SELECT deal_id FROM deals LEFT JOIN deal_stage_changes USING (deal_id)
GROUP BY deal_id, stage, amount, close_date, closed_at
HAVING arg_max(new_stage, change_id) <> stage OR arg_max(new_amount, change_id) <> amount
    OR arg_max(new_close_date, change_id) <> close_date OR max(changed_at) <> coalesce(closed_at, max(changed_at))

-- name: history_rows_follow_each_other
SELECT * FROM (
    SELECT
        *,
        lag(new_stage) OVER deal AS stage_before,
        lag(new_amount) OVER deal AS amount_before,
        lag(new_close_date) OVER deal AS close_before,
        lag(changed_at) OVER deal AS moment_before
    FROM deal_stage_changes
    WINDOW deal AS (PARTITION BY deal_id ORDER BY change_id)
) AS rows
WHERE stage_before IS DISTINCT FROM old_stage OR amount_before IS DISTINCT FROM old_amount
    OR close_before IS DISTINCT FROM old_close_date OR moment_before >= changed_at

-- name: history_row_changes_the_one_thing_it_names
SELECT * FROM deal_stage_changes
WHERE kind <> 'created' AND (
    (old_stage <> new_stage) <> (kind = 'stage') OR (old_amount <> new_amount) <> (kind = 'amount')
    OR (old_close_date <> new_close_date) <> (kind = 'close_date')
)

-- name: activity_lies_within_its_deal
SELECT * FROM activities JOIN deals USING (deal_id)
WHERE activities.account_id <> deals.account_id OR occurred_at < created_at OR occurred_at > closed_at

-- name: activity_is_with_a_known_contact_of_the_account
SELECT * FROM activities JOIN contacts USING (contact_id)
WHERE contacts.account_id <> activities.account_id OR occurred_at < created_at

-- name: touch_is_of_a_known_contact
SELECT * FROM campaign_touches JOIN contacts USING (contact_id)
WHERE contacts.account_id <> campaign_touches.account_id OR occurred_at < created_at

-- name: touch_lies_within_its_campaign
SELECT * FROM campaign_touches JOIN campaigns USING (campaign_id)
WHERE campaigns.channel <> campaign_touches.channel
    OR CAST(occurred_at AT TIME ZONE 'UTC' AS DATE) NOT BETWEEN start_date AND end_date

-- name: spend_lies_within_its_campaign
SELECT * FROM campaign_spend JOIN campaigns USING (campaign_id) WHERE spent_on NOT BETWEEN start_date AND end_date

-- name: new_deal_is_preceded_by_a_touch
SELECT * FROM deals
WHERE type = 'new' AND CAST(created_at AT TIME ZONE 'UTC' AS DATE) > DATE '2024-12-20' AND NOT EXISTS (
    SELECT 1 FROM campaign_touches AS touches
    WHERE touches.contact_id = deals.contact_id AND occurred_at < created_at AND touches.channel = deals.source
)

-- name: subscription_period_is_not_empty
SELECT * FROM subscriptions WHERE end_date <= start_date OR mrr <= 0 OR seats <= 0

-- name: subscription_end_has_a_reason
SELECT * FROM subscriptions WHERE (end_date IS NULL) <> (end_reason IS NULL)

-- name: subscriptions_of_one_product_do_not_overlap
SELECT * FROM (
    SELECT
        *,
        lag(end_date) OVER product AS ended,
        lag(start_date) OVER product AS started
    FROM subscriptions
    WINDOW product AS (PARTITION BY account_id, product ORDER BY start_date, subscription_id)
) AS rows
WHERE started IS NOT NULL AND (ended IS NULL OR ended > start_date)

-- name: subscription_comes_from_a_won_deal_of_the_account
SELECT * FROM subscriptions JOIN deals USING (deal_id)
WHERE NOT is_won OR deals.account_id <> subscriptions.account_id OR close_date > start_date

-- name: won_deal_starts_one_subscription_on_its_day
SELECT deals.deal_id FROM deals LEFT JOIN subscriptions USING (deal_id)
WHERE is_won AND type <> 'renewal'
GROUP BY deals.deal_id, close_date
HAVING count(subscription_id) <> 1 OR min(start_date) <> close_date

-- name: won_deal_adds_a_twelfth_of_its_amount_a_month
SELECT * FROM deals JOIN subscriptions USING (deal_id) WHERE type <> 'renewal' AND amount <> 12 * mrr_change

-- name: subscription_belongs_to_an_account_created_before
SELECT * FROM subscriptions JOIN accounts USING (account_id)
WHERE start_date < CAST(created_at AT TIME ZONE 'UTC' AS DATE)

-- name: movement_change_is_of_its_subscription
SELECT * FROM mrr_movements JOIN subscriptions USING (subscription_id)
WHERE mrr_movements.account_id <> subscriptions.account_id
    OR CASE mrr_movements.movement
        WHEN 'churn' THEN mrr_movements.mrr_change <> -mrr OR occurred_on <> end_date
        ELSE mrr_movements.mrr_change <> subscriptions.mrr_change OR occurred_on <> start_date
    END

-- name: movements_add_up_to_the_running_subscriptions
SELECT * FROM (
    SELECT
        (SELECT sum(mrr_change) FROM mrr_movements WHERE occurred_on <= day) AS moved,
        (SELECT sum(mrr) FROM subscriptions WHERE start_date <= day AND (end_date IS NULL OR end_date > day)) AS running
    FROM (VALUES (DATE '2024-11-21'), (DATE '2025-08-15'), (DATE '2026-11-20')) AS days (day)
) AS sums
WHERE moved <> running

-- name: invoice_is_for_a_subscription_of_the_account
SELECT * FROM invoices JOIN subscriptions USING (subscription_id)
WHERE invoices.account_id <> subscriptions.account_id OR invoice_date < start_date OR invoice_date >= end_date

-- name: invoice_has_one_account_and_one_date
SELECT invoice_id FROM invoices GROUP BY invoice_id
HAVING count(DISTINCT account_id) > 1 OR count(DISTINCT invoice_date) > 1

-- name: invoice_status_tells_the_payment
SELECT * FROM invoices
WHERE (status = 'paid') <> (paid_on IS NOT NULL) OR paid_on < invoice_date OR amount <= 0
    OR (status = 'overdue') <> (paid_on IS NULL AND due_date < DATE '2026-11-20')

-- name: monthly_subscription_is_invoiced_on_the_first_of_each_month
SELECT subscription_id FROM subscriptions
WHERE term = 'monthly' AND start_date <= DATE '2026-05-01' AND (end_date IS NULL OR end_date > DATE '2026-05-01')
    AND NOT EXISTS (
        SELECT 1 FROM invoices
        WHERE invoices.subscription_id = subscriptions.subscription_id
            AND invoice_date = DATE '2026-05-01' AND amount = mrr
    )

-- name: events_are_in_order_of_contact_and_time
SELECT * FROM (
    SELECT
        contact_id,
        occurred_at,
        lag(contact_id) OVER (ORDER BY event_id) AS contact_before,
        lag(occurred_at) OVER (ORDER BY event_id) AS moment_before
    FROM events
) AS rows
WHERE contact_before > contact_id OR (contact_before = contact_id AND moment_before > occurred_at)

-- name: event_is_of_a_known_contact
SELECT * FROM events JOIN contacts USING (contact_id)
WHERE contacts.account_id <> events.account_id OR occurred_at < created_at

-- name: session_has_one_contact_and_one_surface
SELECT session_id FROM events GROUP BY session_id
HAVING count(DISTINCT contact_id) > 1 OR count(DISTINCT surface) > 1

-- name: product_is_used_by_customers_only
SELECT account_id, day FROM (
    SELECT DISTINCT account_id, CAST(occurred_at AT TIME ZONE 'UTC' AS DATE) AS day
    FROM events
    WHERE surface = 'product'
) AS used
WHERE NOT EXISTS (
    SELECT 1 FROM subscriptions
    WHERE subscriptions.account_id = used.account_id AND start_date <= day AND (end_date IS NULL OR end_date > day)
)

-- name: company_target_is_the_sum_of_the_regions
SELECT period_start FROM targets GROUP BY period_start
HAVING sum(amount) FILTER (level = 'company') <> sum(amount) FILTER (level = 'region')

-- name: names_and_addresses_are_unique
SELECT name FROM accounts GROUP BY name HAVING count(*) > 1 UNION ALL
SELECT domain FROM accounts GROUP BY domain HAVING count(*) > 1 UNION ALL
SELECT name FROM owners GROUP BY name HAVING count(*) > 1 UNION ALL
SELECT email FROM contacts GROUP BY email HAVING count(*) > 1

-- name: addresses_are_of_a_reserved_domain
SELECT email FROM contacts WHERE email NOT LIKE '%.example' UNION ALL
SELECT email FROM owners WHERE email NOT LIKE '%@brightwater.example'
