//! `template`: lists templates, and carries the operator's decisions about them.
//! Knows: words. Never knows: whom a template was sent to.

use std::process::ExitCode;

use super::arguments::business::{Template, TemplateCommand};
use super::asking::{ask_business, other_version, print_answer};
use super::on_one_line;
use crate::admin::words::{Answer, BusinessAsk, TemplateLine};

pub(super) fn run(template: Template) -> anyhow::Result<ExitCode> {
    let question = match template.command {
        TemplateCommand::List { pending } => BusinessAsk::Templates { pending },
        TemplateCommand::Approve { id } => BusinessAsk::Approve { template: id },
        TemplateCommand::Reject { id, because } => BusinessAsk::Reject {
            template: id,
            because,
        },
        TemplateCommand::Pause { id, because, until } => BusinessAsk::Pause {
            template: id,
            because,
            until,
        },
    };
    let answer = ask_business(&template.place, question)?;
    if template.place.json {
        print_answer(&answer)?;
        return Ok(ExitCode::SUCCESS);
    }
    match answer {
        Answer::Templates { templates } if templates.is_empty() => {
            super::print("There are no such templates.")?;
        }
        Answer::Templates { templates } => {
            for template in templates {
                super::print(&block(&template))?;
            }
        }
        Answer::Done { done, to } => {
            super::print(&format!(
                "The template {to} is {done}; its business is told."
            ))?;
        }
        _ => return Err(other_version()),
    }
    Ok(ExitCode::SUCCESS)
}

fn block(template: &TemplateLine) -> String {
    let until = template.until.as_deref();
    let until = until.map_or_else(String::new, |until| format!(" until {until}"));
    let mut lines = vec![
        format!(
            "{}  {} {}{until}",
            template.id, template.category, template.state
        ),
        format!(
            "  {} version {} ({}), of {}",
            on_one_line(&template.name),
            template.version,
            on_one_line(&template.language),
            template.business
        ),
    ];
    let edges = [&template.header, &template.footer];
    let [header, footer] = edges.map(|edge| edge.as_deref().map(on_one_line));
    lines.extend(header.map(|header| format!("  | {header}")));
    lines.push(format!("  | {}", on_one_line(&template.body)));
    lines.extend(footer.map(|footer| format!("  | {footer}")));
    let button = |button: &String| format!("  [{}]", on_one_line(button));
    lines.extend(template.buttons.iter().map(button));
    lines.extend(template.lint.iter().map(|lint| format!("  ! {lint}")));
    lines.join("\n")
}
