"""A session that writes down which API operations were really called, with which IAM actions."""

from collectors.permissions import actions_of


def listen(session):
    """Return the set that fills with the IAM actions of every call of this session."""
    seen = set()

    def note(params, model, **_):
        seen.update(actions_of(model.service_model.service_name, model.name, params))

    session.events.register("provide-client-params", note)
    return seen
