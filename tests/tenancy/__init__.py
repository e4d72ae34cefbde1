"""Each statement and each transaction of the app is of one commune: what sees those that are not."""
