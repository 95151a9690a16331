"""A homeless application on a case: what was decided and by which rule, the duties with their days, the Personalised Housing Plan (domain 5 and 13.2)."""
