"""What a landlord does on a case: security measures, charges for damage, the tenancy, and what is done about the alleged perpetrator (domain 13.1, T10 to T13)."""
