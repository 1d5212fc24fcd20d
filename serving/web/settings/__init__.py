"""The administrator's page: people, hours, rules, holds."""
