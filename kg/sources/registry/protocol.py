"""The form of the plan of a trial and of its registration."""

from __future__ import annotations

from kg import posted, records, registration
from kg.record import Record
from kg.sources.registry.form import Form, Part, Parts, one, parts, value, values
from kg.sources.registry.results import RESULTS
from kg.sources.registry.values import (
    code,
    coordinate,
    date,
    flag,
    identifier,
    joined,
    size,
    verbatim,
    years,
)

_ID, _STATUS = "protocolSection.identificationModule", "protocolSection.statusModule"
_DESIGN, _ARMS = "protocolSection.designModule", "protocolSection.armsInterventionsModule"
_SPONSOR, _WHO = "protocolSection.sponsorCollaboratorsModule", "protocolSection.eligibilityModule"
_REFERENCES, _SHARING = "protocolSection.referencesModule", "protocolSection.ipdSharingStatementModule"
_OVERSIGHT, _SITES = "protocolSection.oversightModule", "protocolSection.contactsLocationsModule"
_DERIVED, _RESULTS, _MORE = "derivedSection", "resultsSection", "resultsSection.moreInfoModule"
_MESH = identifier("mesh", "[A-Z][0-9]+")
_PUBMED = identifier("pubmed", "[1-9][0-9]*")

_TRIAL = Form(
    (
        value("id", f"{_ID}.nctId"),
        value("title", f"{_ID}.briefTitle"),
        value("acronym", f"{_ID}.acronym"),
        value("official_title", f"{_ID}.officialTitle"),
        values("other_ids", f"{_ID}.secondaryIdInfos[].id"),
        value("brief_summary", "protocolSection.descriptionModule.briefSummary"),
        value("detailed_description", "protocolSection.descriptionModule.detailedDescription"),
        values("conditions", "protocolSection.conditionsModule.conditions[]"),
        values("keywords", "protocolSection.conditionsModule.keywords[]"),
        value("phase", f"{_DESIGN}.phases", joined("Phase")),
        value("study_type", f"{_DESIGN}.studyType", code("StudyType")),
        value("status", f"{_STATUS}.overallStatus", code("Status")),
        value("status_as_of", f"{_STATUS}.statusVerifiedDate", date),
        value("last_known_status", f"{_STATUS}.lastKnownStatus", code("Status")),
        value("why_stopped", f"{_STATUS}.whyStopped"),
        value("start_date", f"{_STATUS}.startDateStruct.date", date),
        value("start_date_type", f"{_STATUS}.startDateStruct.type", code("DateType")),
        value("primary_completion_date", f"{_STATUS}.primaryCompletionDateStruct.date", date),
        value("primary_completion_date_type", f"{_STATUS}.primaryCompletionDateStruct.type", code("DateType")),
        value("completion_date", f"{_STATUS}.completionDateStruct.date", date),
        value("completion_date_type", f"{_STATUS}.completionDateStruct.type", code("DateType")),
        value("enrolment", f"{_DESIGN}.enrollmentInfo.count", size),
        value("enrolment_type", f"{_DESIGN}.enrollmentInfo.type", code("EnrolmentType")),
        value("allocation", f"{_DESIGN}.designInfo.allocation", code("Allocation")),
        value("intervention_model", f"{_DESIGN}.designInfo.interventionModel", code("InterventionModel")),
        value("intervention_model_note", f"{_DESIGN}.designInfo.interventionModelDescription"),
        value("masking", f"{_DESIGN}.designInfo.maskingInfo.masking", code("Masking")),
        value("masking_note", f"{_DESIGN}.designInfo.maskingInfo.maskingDescription"),
        values("masked", f"{_DESIGN}.designInfo.maskingInfo.whoMasked[]", code("MaskedRole")),
        value("primary_purpose", f"{_DESIGN}.designInfo.primaryPurpose", code("PrimaryPurpose")),
        value("observational_model", f"{_DESIGN}.designInfo.observationalModel"),
        value("time_perspective", f"{_DESIGN}.designInfo.timePerspective"),
        value("follow_up", f"{_DESIGN}.targetDuration"),
        value("patient_registry", f"{_DESIGN}.patientRegistry", flag),
        value("specimens", f"{_DESIGN}.bioSpec.retention"),
        value("specimens_note", f"{_DESIGN}.bioSpec.description"),
        value("sponsor", f"{_SPONSOR}.leadSponsor.name"),
        value("sponsor_class", f"{_SPONSOR}.leadSponsor.class", code("AgencyClass")),
        values("collaborators", f"{_SPONSOR}.collaborators[].name"),
        values("collaborator_classes", f"{_SPONSOR}.collaborators[].class", code("AgencyClass")),
        value("eligibility", f"{_WHO}.eligibilityCriteria"),
        value("healthy_volunteers", f"{_WHO}.healthyVolunteers", flag),
        value("sex", f"{_WHO}.sex", code("Sex")),
        value("sex_based", f"{_WHO}.genderBased", flag),
        value("sex_note", f"{_WHO}.genderDescription"),
        value("min_age", f"{_WHO}.minimumAge", years),
        value("min_age_text", f"{_WHO}.minimumAge"),
        value("max_age", f"{_WHO}.maximumAge", years),
        value("max_age_text", f"{_WHO}.maximumAge"),
        values("age_groups", f"{_WHO}.stdAges[]", code("AgeGroup")),
        value("study_population", f"{_WHO}.studyPopulation"),
        value("sampling", f"{_WHO}.samplingMethod"),
        values("condition_mesh", f"{_DERIVED}.conditionBrowseModule.meshes[].id", _MESH),
        values("condition_mesh_terms", f"{_DERIVED}.conditionBrowseModule.meshes[].term"),
        values("intervention_mesh", f"{_DERIVED}.interventionBrowseModule.meshes[].id", _MESH),
        values("intervention_mesh_terms", f"{_DERIVED}.interventionBrowseModule.meshes[].term"),
        values("removed_countries", f"{_DERIVED}.miscInfoModule.removedCountries[]"),
        value("has_results", "hasResults", flag),
        value("limitations", f"{_MORE}.limitationsAndCaveats.description", verbatim),
    ),
    (
        parts("uses", records.Use, f"{_ARMS}.interventions"),
        parts("arms", records.Arm, f"{_ARMS}.armGroups"),
        Parts(
            "outcomes",
            records.Outcome,
            tuple(
                Part(("protocolSection", "outcomesModule", f"{kind.lower()}Outcomes"), {"priority": kind})
                for kind in ("PRIMARY", "SECONDARY", "OTHER")
            ),
        ),
        parts("sites", registration.Site, f"{_SITES}.locations"),
        parts("references", registration.Reference, f"{_REFERENCES}.references"),
        Parts(
            "resources",
            registration.Resource,
            tuple(Part((*_REFERENCES.split("."), key), {}) for key in ("seeAlsoLinks", "availIpds")),
        ),
        parts("documents", registration.Document, "documentSection.largeDocumentModule.largeDocs"),
        one("registration", registration.Registration, ""),
        one("participant_flow", posted.ParticipantFlow, f"{_RESULTS}.participantFlowModule"),
        one("baseline", posted.Baseline, f"{_RESULTS}.baselineCharacteristicsModule"),
        parts("posted_outcomes", posted.PostedMeasure, f"{_RESULTS}.outcomeMeasuresModule.outcomeMeasures"),
        one("adverse_events", posted.AdverseEvents, f"{_RESULTS}.adverseEventsModule"),
    ),
)

_REGISTRATION = Form(
    (
        value("organisation", f"{_ID}.organization.fullName"),
        value("organisation_class", f"{_ID}.organization.class", code("AgencyClass")),
        value("org_id", f"{_ID}.orgStudyIdInfo.id"),
        value("org_id_kind", f"{_ID}.orgStudyIdInfo.type"),
        value("org_id_link", f"{_ID}.orgStudyIdInfo.link"),
        values("aliases", f"{_ID}.nctIdAliases[]"),
        value("first_submitted", f"{_STATUS}.studyFirstSubmitDate", date),
        value("first_accepted", f"{_STATUS}.studyFirstSubmitQcDate", date),
        value("first_posted", f"{_STATUS}.studyFirstPostDateStruct.date", date),
        value("first_posted_type", f"{_STATUS}.studyFirstPostDateStruct.type", code("DateType")),
        value("results_submitted", f"{_STATUS}.resultsFirstSubmitDate", date),
        value("results_accepted", f"{_STATUS}.resultsFirstSubmitQcDate", date),
        value("results_posted", f"{_STATUS}.resultsFirstPostDateStruct.date", date),
        value("results_posted_type", f"{_STATUS}.resultsFirstPostDateStruct.type", code("DateType")),
        value(
            "results_expected", f"{_DERIVED}.miscInfoModule.submissionTracking.estimatedResultsFirstSubmitDate", date
        ),
        value("delay_submitted", f"{_STATUS}.dispFirstSubmitDate", date),
        value("delay_accepted", f"{_STATUS}.dispFirstSubmitQcDate", date),
        value("delay_posted", f"{_STATUS}.dispFirstPostDateStruct.date", date),
        value("delay_posted_type", f"{_STATUS}.dispFirstPostDateStruct.type", code("DateType")),
        value("updated", f"{_STATUS}.lastUpdateSubmitDate", date),
        value("update_posted", f"{_STATUS}.lastUpdatePostDateStruct.date", date),
        value("update_posted_type", f"{_STATUS}.lastUpdatePostDateStruct.type", code("DateType")),
        value("responsible_party", f"{_SPONSOR}.responsibleParty.type"),
        value("responsible_organisation", f"{_SPONSOR}.responsibleParty.oldOrganization"),
        value("expanded_access", f"{_STATUS}.expandedAccessInfo.hasExpandedAccess", flag),
        value("expanded_access_id", f"{_STATUS}.expandedAccessInfo.nctId"),
        value("expanded_access_status", f"{_STATUS}.expandedAccessInfo.statusForNctId", code("Status")),
        value("monitored", f"{_OVERSIGHT}.oversightHasDmc", flag),
        value("fda_drug", f"{_OVERSIGHT}.isFdaRegulatedDrug", flag),
        value("fda_device", f"{_OVERSIGHT}.isFdaRegulatedDevice", flag),
        value("unapproved_device", f"{_OVERSIGHT}.isUnapprovedDevice", flag),
        value("postmarket_device", f"{_OVERSIGHT}.isPpsd", flag),
        value("us_export", f"{_OVERSIGHT}.isUsExport", flag),
        value("fdaaa_violation", f"{_OVERSIGHT}.fdaaa801Violation", flag),
        value("sharing", f"{_SHARING}.ipdSharing"),
        value("sharing_description", f"{_SHARING}.description"),
        values("sharing_kinds", f"{_SHARING}.infoTypes[]"),
        value("sharing_time_frame", f"{_SHARING}.timeFrame"),
        value("sharing_criteria", f"{_SHARING}.accessCriteria"),
        value("sharing_url", f"{_SHARING}.url"),
        value("no_sap", "documentSection.largeDocumentModule.noSap", flag),
        value("results_contact", f"{_MORE}.pointOfContact.organization", verbatim),
        value("investigator_employed", f"{_MORE}.certainAgreement.piSponsorEmployee", flag),
        value("agreement", f"{_MORE}.certainAgreement.restrictiveAgreement", flag),
        value("agreement_kind", f"{_MORE}.certainAgreement.restrictionType", verbatim),
        value("agreement_details", f"{_MORE}.certainAgreement.otherDetails", verbatim),
    ),
    (parts("identifiers", registration.Identifier, f"{_ID}.secondaryIdInfos"),),
)

FORMS: dict[type[Record], Form] = {
    records.Trial: _TRIAL,
    records.Use: Form(
        (
            value("text", "name"),
            value("kind", "type", code("InterventionKind")),
            value("description", "description"),
            values("other_names", "otherNames[]"),
        ),
        (),
    ),
    records.Arm: Form(
        (value("label", "label"), value("kind", "type", code("ArmKind")), value("description", "description")), ()
    ),
    records.Outcome: Form(
        (value("title", "measure"), value("time_frame", "timeFrame"), value("description", "description")), ()
    ),
    registration.Site: Form(
        (
            value("name", "facility"),
            value("city", "city"),
            value("state", "state"),
            value("zip", "zip"),
            value("country", "country"),
            value("status", "status", code("Status")),
            value("latitude", "geoPoint.lat", coordinate),
            value("longitude", "geoPoint.lon", coordinate),
        ),
        (),
    ),
    registration.Reference: Form(
        (
            value("citation", "citation"),
            value("kind", "type", code("ReferenceKind")),
            value("pubmed", "pmid", _PUBMED),
            values("retracted_by", "retractions[].pmid", _PUBMED),
        ),
        (),
    ),
    registration.Resource: Form(
        (
            value("label", "label"),
            value("url", "url"),
            value("kind", "type"),
            value("id", "id"),
            value("comment", "comment"),
        ),
        (),
    ),
    registration.Document: Form(
        (
            value("filename", "filename"),
            value("label", "label"),
            value("kind", "typeAbbrev"),
            value("has_protocol", "hasProtocol", flag),
            value("has_sap", "hasSap", flag),
            value("has_icf", "hasIcf", flag),
            value("date", "date", date),
            value("uploaded", "uploadDate"),
            value("size", "size", size),
        ),
        (),
    ),
    registration.Registration: _REGISTRATION,
    registration.Identifier: Form(
        (value("id", "id"), value("kind", "type"), value("domain", "domain"), value("link", "link")), ()
    ),
    **RESULTS,
}
"""The form of each type of record that a registry record fills."""
