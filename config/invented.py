"""The invented partnership: agencies and people who do not exist, one for each role. The demonstration and the tests share it."""

# slug: (name, short name, type, area)
AGENCIES = {
    "northvale_housing": ("Northvale Borough Council Housing", "Northvale Housing", "housing", "bolsover"),
    "harbour_idva": ("Harbour IDVA Service", "Harbour IDVAs", "idva", ""),
    "lantern_outreach": ("Lantern Outreach", "Lantern", "outreach", ""),
    "larkfield_refuge": ("Larkfield Refuge", "Larkfield", "refuge", ""),
    "county_helpline": ("Wayside Helpline", "Helpline", "helpline", ""),
    "valley_health": ("Valley Community Health", "Valley Health", "health", ""),
    "vale_police": ("Vale Police", "Vale Police", "police", ""),
    "vale_probation": ("Vale Probation", "Probation", "probation", ""),
    "shire_commissioning": ("Shire Council Commissioning", "Commissioning", "commissioner", ""),
    "partnership_office": ("Three Vales Partnership", "Partnership", "partnership", ""),
    "turnstone_change": ("Turnstone Change", "Turnstone", "voluntary", ""),
    "eastmoor_housing": ("Eastmoor District Council Housing", "Eastmoor Housing", "housing", "high_peak"),
}

# persona: (full name, agency, role, manager persona)
PERSONAS = {
    "agency_lead": ("Morwenna Fairbairn", "northvale_housing", "agency_lead", None),
    "housing_manager": ("Dorian Whitlock", "northvale_housing", "housing_manager", None),
    "housing_officer": ("Tamsin Okonedo-Reyes", "northvale_housing", "housing_officer", "housing_manager"),
    "other_housing_officer": ("Piers Adeyemi-Holt", "northvale_housing", "housing_officer", "housing_manager"),
    "specialist_da_officer": ("Ingrid Vasquez-Lunn", "northvale_housing", "specialist_da_officer", "housing_manager"),
    "idva_manager": ("Rosalind Achterberg", "harbour_idva", "team_manager", None),
    "idva": ("Imogen Takahashi-Bell", "harbour_idva", "idva", "idva_manager"),
    "other_idva": ("Cosmo Nwachukwu", "harbour_idva", "idva", "idva_manager"),
    "outreach_worker": ("Leontyne Marsh", "lantern_outreach", "outreach_worker", None),
    "refuge_worker": ("Beatrix Olanrewaju", "larkfield_refuge", "refuge_worker", None),
    "helpline_lead": ("Sunniva Drakefield", "county_helpline", "agency_lead", None),
    "call_handler": ("Jolyon Petrakis", "county_helpline", "call_handler", None),
    "health_visitor": ("Winifred Castellanos", "valley_health", "practitioner", None),
    "marac_coordinator": ("Ottoline Brackenridge", "vale_police", "marac_coordinator", None),
    "marac_representative": ("Ignatius Pemberley", "vale_probation", "marac_representative", None),
    "police_lead": ("Araminta Solloway", "vale_police", "police_lead", None),
    "commissioner": ("Perpetua Lindqvist", "shire_commissioning", "commissioner", None),
    "auditor": ("Barnaby Oyelaran", "partnership_office", "auditor", None),
    "information_governance": ("Clementine Voss", "partnership_office", "information_governance", None),
    "partnership_administrator": ("Hester Quillfeather", "partnership_office", "partnership_administrator", None),
    "administrator": ("Lysander Moakes", "northvale_housing", "administrator", None),
    "programme_worker": ("Alasdair Penhaligon", "turnstone_change", "programme_worker", None),
    "outsider": ("Gideon Trevanion", "eastmoor_housing", "housing_officer", None),
}

# What a practitioner adds after the items of a DASH: what else may raise the risk, willing to take up support, weapons, what matters most.
ADDED = [
    ("Hard of hearing; wants a text first. Says little of what happened last spring.", "yes", "", "That the children can stay at their school."),
    ("", "dont_know", "Repairs farm machinery; keeps tools and a nail gun in the van.", "Sleeping a night through without the phone ringing."),
    ("Speaks Tigrinya; his cousin has interpreted for her until now.", "yes", "", "That nobody at the community centre hears of it."),
    ("In treatment for drinking, three months; fears that it will be held against her.", "no", "Shoots clay pigeons; two licensed guns at home.", "Keeping her job."),
    ("", "yes", "", "New locks, and somebody she can ring at night."),
]

# What a safety plan says at first, and what is different in it once it was reviewed.
PLAN = (
    {
        "danger": "Ring 999; if she cannot speak, 55 when asked. The children go to Bryony next door and wait there.",
        "phone": "The old telephone behind the flour, charged on Sundays. “Have you seen my blue scarf?” means: send help.",
        "escape": "By the back door and the alley. The bag is with Bryony: papers, keys, medicine, some cash, the bear.",
        "safe_place": "With her aunt by day; at night she rings the helpline from the car.",
        "children": "Both know the word, and that they never come between.",
        "online": "New e-mail account made at the library; location sharing is off on both telephones.",
    },
    {"online": "He has found the new account. Everything from the library only, another password.", "locks": "New locks since Thursday; a light over the back door."},
)

# How people want to be talked with, and what was agreed of a text message beside the word that says that it is them.
TALKING = [
    {"speaks": "Tigrinya", "interpreter": "spoken", "interpreter_note": "By telephone, from outside the county. Nobody from the community centre.", "worker_gender": "woman"},
    {"interpreter": "bsl", "interpreter_note": "By video; not the interpreter from the surgery.", "worker_gender": "any"},
    {"interpreter": "none", "worker_gender": "woman"},
]
AGREED = {
    "duress_word": "umbrella", "may_take": "Her friend Ottilie, who knows", "must_not": "His mother, who minds the children on Fridays", "style": "neutral",
    "how": "Only: “Your parcel is ready.” She rings back when she can.",
}

# What people answered for equality monitoring, and in words of their own; what is left out was not asked.
EQUALITY = [
    ({"gender": "woman", "same_gender": "yes", "ethnicity": "white_british", "disability": "no", "orientation": "straight", "religion": "none", "language": "english"}, {}),
    ({"gender": "woman", "ethnicity": "asian_pakistani", "religion": "muslim", "language": "self", "orientation": "prefer_not", "nrpf": "yes"}, {"language": "Pahari"}),
    ({"gender": "prefer_not", "ethnicity": "prefer_not", "disability": "a_lot", "religion": "prefer_not", "language": "bsl"}, {}),
    ({"gender": "self", "same_gender": "no", "ethnicity": "mixed_caribbean", "orientation": "self", "language": "english"}, {"gender": "Genderfluid", "orientation": "Queer"}),
    ({"gender": "woman", "ethnicity": "white_roma", "pregnancy": "pregnant", "marital": "separated", "language": "self"}, {"language": "Romanes"}),
]
