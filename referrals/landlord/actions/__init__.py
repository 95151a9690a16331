"""What a landlord's people do: see to security measures, decide on charges, take steps about the tenancy. They alone (docs/adr/0034)."""
