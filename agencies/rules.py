"""Whether a negotiated number may be set as proposed: values in, reasons out."""

from datetime import datetime


def reasons_not_from(effective_from: datetime, at: datetime) -> list[str]:
    """Why a number cannot take effect at an instant: what has happened under the old one is never rewritten."""
    if effective_from < at:
        return ["It can take effect now or later, not in the past."]
    return []


def reasons_bands_clash(medium_from: int, high_from: int) -> list[str]:
    """Why two DASH bands cannot stand beside each other."""
    if medium_from >= high_from:
        return [f"Medium must start below high: this would have medium start at {medium_from} and high at {high_from}."]
    return []
