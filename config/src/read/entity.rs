//! `[[privacy.entity]]`: kinds of personal data that only the operator knows.
//!
//! Invariant: an entity of the plan finds each of its examples whole and none of its counter-examples; what does
//! not fit is named by its number, never by its text.

use crate::section::{Item, Section};
use crate::{forms, schema};
use greffier_redactor::{Check, EntityError, Misfit, OperatorEntity};

/// Each entity costs a search of every text.
const MOST: usize = 32;

/// All entities, no two of one name.
pub(super) fn read(privacy: &Section<'_>) -> Vec<OperatorEntity> {
    let sections = privacy.tables("entity", &schema::PRIVACY_ENTITY);
    if let Some(section) = sections.get(MOST) {
        section.fail::<()>("one too many", &format!("write at most {MOST}"));
    }
    let mut names = Vec::new();
    let made = sections.iter().map(|section| (section, entity(section, &mut names)));
    let made: Vec<_> = made.filter_map(|(section, entity)| Some((section, entity?))).collect();
    for (section, entity) in &made {
        if names.iter().any(|name| entity.matches_placeholder_of(name)) {
            section.fail::<()>(
                "the pattern matches the placeholder of an entity",
                advice(&EntityError::Placeholder),
            );
        }
    }
    made.into_iter().map(|(_, entity)| entity).collect()
}

fn entity<'a>(section: &Section<'a>, names: &mut Vec<&'a str>) -> Option<OperatorEntity> {
    let name = section
        .need("name", "write the word that stands in its place, as in name = \"customer\"")
        .and_then(|item| fresh(&item, names));
    let pattern = section.need("pattern", "write a regular expression, as in 'CUST-[0-9]{8}'");
    let check = section.get("check").and_then(|item| item.word("check", &Check::ALL));
    let cues = section.get("cue").and_then(|item| item.forms(&forms::CUE)).unwrap_or_default();
    let words = [("seal", false), ("drop", true)];
    let dropped = section.get("original").and_then(|item| item.word("rule", &words));
    let examples = section
        .need("examples", "write a list of values that it must find")
        .and_then(|item| texts(&item, true));
    let others =
        section.get("counter_examples").map_or(Some(Vec::new()), |item| texts(&item, false));
    let text = pattern.as_ref().and_then(Item::text)?;
    // A wrong name must not hide what is wrong with the pattern.
    let made = OperatorEntity::new(
        name.unwrap_or("entity"),
        text,
        check,
        &cues,
        dropped.unwrap_or_default(),
    );
    let entity = match made {
        Ok(entity) => entity,
        Err(error) => return pattern?.fail(error.to_string(), advice(&error)),
    };
    let (examples, others) = (examples?, others?);
    let misfits = examples.iter().filter(|example| !fits(example, &entity)).count()
        + others.iter().filter(|other| !stays(other, &entity)).count();
    (misfits == 0 && name.is_some()).then_some(entity)
}

/// A name of the right form that stands for nothing else.
fn fresh<'a>(item: &Item<'a>, names: &mut Vec<&'a str>) -> Option<&'a str> {
    let name = item.form(&forms::ENTITY)?;
    if OperatorEntity::is_reserved(name) {
        return item.fail("stands for something else already", "write another name");
    }
    if names.contains(&name) {
        return item.fail("a name written twice", "write another name for one of the two");
    }
    names.push(name);
    Some(name)
}

const fn advice(error: &EntityError) -> &'static str {
    match error {
        EntityError::Syntax(..) => {
            "write it in the syntax of the Rust crate regex, in 'single quotes'"
        }
        EntityError::Size => "write a smaller one: shorter repetitions, smaller classes",
        EntityError::Short => "write it so that three bytes are the least it matches",
        EntityError::Long => "give repetitions an end, as in [0-9]{1,12} in place of [0-9]+",
        EntityError::Placeholder => "write it so that it does not match words as <email>",
    }
}

/// The strings of a list.
fn texts<'a>(item: &Item<'a>, needed: bool) -> Option<Vec<Item<'a>>> {
    let mut items = item.list()?;
    if needed && items.is_empty() {
        return item.fail("an empty list", "write at least one value that it must find");
    }
    items.retain(|item| item.text().is_some());
    Some(items)
}

/// Is this example found whole?
fn fits(example: &Item<'_>, entity: &OperatorEntity) -> bool {
    let what = match entity.finds_whole(example.as_str().unwrap_or_default()) {
        Ok(()) => return true,
        Err(Misfit::Pattern) => "the pattern does not match this example",
        Err(Misfit::Check) => "the check fails for this example",
        Err(Misfit::Part) => "only a part of this example is found",
    };
    let advice = "an example is one whole value; mend it, the pattern or the check";
    example.fail::<()>(what, advice).is_some()
}

/// Does this counter-example stay as it is?
fn stays(other: &Item<'_>, entity: &OperatorEntity) -> bool {
    let found = entity.finds(other.as_str().unwrap_or_default());
    let advice = "narrow the pattern, or ask for a check or a cue";
    !found || other.fail::<()>("this counter-example is found", advice).is_some()
}
