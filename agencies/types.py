"""The kinds of agency that meet round a case, and the areas that the partnership covers (SEED-006, SEED-011)."""

AGENCY_TYPES = {
    "housing": "Council or landlord housing",
    "police": "Police",
    "idva": "IDVA service",
    "outreach": "Outreach service",
    "refuge": "Refuge provider",
    "helpline": "Helpline",
    "childrens_social_care": "Children's social care",
    "adult_social_care": "Adult social care",
    "health": "Health (community, acute or primary care)",
    "mental_health": "Mental health",
    "substance_misuse": "Substance misuse",
    "probation": "Probation",
    "education": "Education",
    "victim_support": "Victim support charity",
    "voluntary": "Other voluntary sector",
    "commissioner": "Commissioner",
    "partnership": "Partnership office",
}

# The eight county community safety partnerships, and the city beside them (SEED-011).
AREAS = {
    "amber_valley": "Amber Valley",
    "bolsover": "Bolsover",
    "chesterfield": "Chesterfield",
    "derby": "Derby City",
    "derbyshire_dales": "Derbyshire Dales",
    "erewash": "Erewash",
    "high_peak": "High Peak",
    "north_east_derbyshire": "North East Derbyshire",
    "south_derbyshire": "South Derbyshire",
    "elsewhere": "Outside Derby and Derbyshire",
}
