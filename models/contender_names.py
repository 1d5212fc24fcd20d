"""What those are called that a backtest compares: curves, simple orders, and the kinds of rows they are judged on."""

NAMES = {
    "model": "the model",
    "champion": "the version in use",
    "habit": "each customer's own habit",
    "logistic": "logistic regression",
    "stacked": "the stacked model",
    "until_due": "the curve, half stacked until an item is due",
    "hazard": "the payment curve alone",
    "blend_25": "the curve with a quarter of logistic regression",
    "blend_50": "the curve with half of logistic regression",
    "amount": "largest amount first",
    "oldest": "oldest first",
    "bucket": "the aging bucket's rate",
    "customer_rate": "the customer's late rate",
    "customer_mean": "the customer's mean lateness",
    "worked": "your team's own order",
}
SHORT = {
    "model": "model",
    "champion": "in use",
    "habit": "own habit",
    "logistic": "logistic regression",
    "stacked": "stacked model",
    "until_due": "half stacked until due",
    "hazard": "curve alone",
    "blend_25": "quarter blend",
    "blend_50": "half blend",
    "amount": "largest first",
    "oldest": "oldest first",
    "bucket": "aging",
    "customer_rate": "late rate",
    "customer_mean": "mean lateness",
    "worked": "your team",
}
SEGMENTS = {
    ("history", "new"): "customers with fewer than 3 settled items",
    ("history", "known"): "customers with 3 settled items or more",
    ("history", "unseen"): "customers the models had never seen",
    ("size", "small"): "smallest third of the open amounts",
    ("size", "medium"): "middle third of the open amounts",
    ("size", "large"): "largest third of the open amounts",
}
