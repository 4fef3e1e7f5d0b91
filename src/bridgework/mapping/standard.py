"""The standard objects of Twenty that records go to, with the fields that the map may fill.

Source: the data model of a fresh Twenty 2.19 workspace. What a workspace really has is read from it before anything is
written; this is what the map is checked against while it is edited.
"""

from __future__ import annotations

# Fields that every object has, and that the mapper itself may fill.
EVERYWHERE = {
    "id": "UUID",
    "createdAt": "DATE_TIME",
    "updatedAt": "DATE_TIME",
    "deletedAt": "DATE_TIME",
    "createdBy": "ACTOR",
    "updatedBy": "ACTOR",
    "position": "POSITION",
    "searchVector": "TS_VECTOR",
}

# Names that a custom object has from the start, and that no field of ours may take.
CUSTOM_OBJECT = {
    **EVERYWHERE,
    "name": "TEXT",
    "timelineActivities": "RELATION",
    "attachments": "RELATION",
    "noteTargets": "RELATION",
    "taskTargets": "RELATION",
}

OBJECTS: dict[str, dict[str, str]] = {
    "person": {
        **EVERYWHERE,
        "name": "FULL_NAME",
        "emails": "EMAILS",
        "phones": "PHONES",
        "linkedinLink": "LINKS",
        "xLink": "LINKS",
        "jobTitle": "TEXT",
        "city": "TEXT",
        "avatarUrl": "TEXT",
        "avatarFile": "FILES",
        "company": "RELATION",
        "attachments": "RELATION",
        "calendarEventParticipants": "RELATION",
        "favorites": "RELATION",
        "listMemberships": "RELATION",
        "messageParticipants": "RELATION",
        "noteTargets": "RELATION",
        "pointOfContactForOpportunities": "RELATION",
        "taskTargets": "RELATION",
        "timelineActivities": "RELATION",
    },
    "company": {
        **EVERYWHERE,
        "name": "TEXT",
        "domainName": "LINKS",
        "address": "ADDRESS",
        "linkedinLink": "LINKS",
        "xLink": "LINKS",
        "annualRevenue": "CURRENCY",
        "annualRecurringRevenue": "CURRENCY",
        "employees": "NUMBER",
        "idealCustomerProfile": "BOOLEAN",
        "accountOwner": "RELATION",
        "attachments": "RELATION",
        "favorites": "RELATION",
        "noteTargets": "RELATION",
        "opportunities": "RELATION",
        "people": "RELATION",
        "taskTargets": "RELATION",
        "timelineActivities": "RELATION",
    },
    "task": {
        **EVERYWHERE,
        "title": "TEXT",
        "bodyV2": "RICH_TEXT",
        "body": "TEXT",
        "dueAt": "DATE_TIME",
        "status": "SELECT",
        "assignee": "RELATION",
        "attachments": "RELATION",
        "favorites": "RELATION",
        "taskTargets": "RELATION",
        "timelineActivities": "RELATION",
    },
    "note": {
        **EVERYWHERE,
        "title": "TEXT",
        "bodyV2": "RICH_TEXT",
        "body": "TEXT",
        "attachments": "RELATION",
        "favorites": "RELATION",
        "noteTargets": "RELATION",
        "timelineActivities": "RELATION",
    },
    "taskTarget": {**EVERYWHERE, "task": "RELATION", "targetPerson": "RELATION", "targetCompany": "RELATION"},
    "noteTarget": {**EVERYWHERE, "note": "RELATION", "targetPerson": "RELATION", "targetCompany": "RELATION"},
}

PLURALS = {"person": "people", "company": "companies", "task": "tasks", "note": "notes"}

# The names of all other objects of a workspace, each with its plural: no object of ours may have one of them.
_OTHER_OBJECTS = """
attachment attachments blocklist blocklists calendarChannelEventAssociation calendarChannelEventAssociations
calendarEvent calendarEvents calendarEventParticipant calendarEventParticipants callRecording callRecordings
dashboard dashboards message messages messageCampaign messageCampaigns messageChannelMessageAssociation
messageChannelMessageAssociations messageChannelMessageAssociationMessageFolder
messageChannelMessageAssociationMessageFolders messageList messageLists messageListMember messageListMembers
messageParticipant messageParticipants messageThread messageThreads noteTargets opportunity opportunities taskTargets
timelineActivity timelineActivities workflow workflows workflowAutomatedTrigger workflowAutomatedTriggers workflowRun
workflowRuns workflowVersion workflowVersions workspaceMember workspaceMembers
"""
OBJECT_NAMES = frozenset({*OBJECTS, *PLURALS.values(), *_OTHER_OBJECTS.split()})

# The field by which a person knows a record of the object.
LABEL_FIELDS = {"person": "name", "company": "name", "task": "title", "note": "title"}

# The options of standard SELECT fields that the map fills.
OPTIONS = {"task.status": ("TODO", "IN_PROGRESS", "DONE")}

# The links to one record that standard objects have, and what each leads to. All their other relations lead to many.
LINKS = {
    "person.company": "company",
    "company.accountOwner": "workspaceMember",
    "task.assignee": "workspaceMember",
    "taskTarget.task": "task",
    "taskTarget.targetPerson": "person",
    "taskTarget.targetCompany": "company",
    "noteTarget.note": "note",
    "noteTarget.targetPerson": "person",
    "noteTarget.targetCompany": "company",
}

# What links a task or a note to a record: the object between, and the name of its field to the task or note.
TARGET_OBJECTS = {"taskTarget": "task", "noteTarget": "note"}

# Types that a map may ask for in a new field, as Twenty takes them.
_CREATABLE = "ADDRESS BOOLEAN CURRENCY DATE DATE_TIME EMAILS LINKS NUMBER PHONES RELATION RICH_TEXT SELECT TEXT"
CREATABLE = frozenset(_CREATABLE.split())

# Fields of Twenty that no column fills: the mapper does, or the server.
_OF_TWENTY = frozenset({*EVERYWHERE} - {"createdAt", "updatedAt"})


def is_of_twenty(object_: str, field: str) -> bool:
    """Whether a field is Twenty's own: moments of creation and change may be filled, the others not."""
    return field in _OF_TWENTY or f"{object_}.{field}" in {"person.avatarUrl", "person.avatarFile"}
