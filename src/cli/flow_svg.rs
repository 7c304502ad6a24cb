//! The cards in each lane over time as a standalone SVG document, with title, axes and legend.

use std::fmt::{Arguments, Write as _};

use jiff::civil::Date;

use super::{
    flow_chart::{STACK, base, most, name},
    sanitize::sanitize,
};
use crate::domain::flow::GROUPS;

/// The position and size of the plot within the picture.
const LEFT: usize = 60;
const TOP: usize = 60;
const WIDTH: usize = 700;
const HEIGHT: usize = 400;

/// The colour of each lane, the unknown one last; distinguishable with colour vision deficiency.
const COLOURS: [&str; GROUPS] =
    ["#bdbdbd", "#9ecae1", "#4292c6", "#fdae6b", "#d94801", "#41ab5d", "#006d2c", "#000000"];

/// The maximum number of ticks on an axis.
const MARKS: usize = 8;

/// A day with the number of cards in each lane at its end.
type Day = (Date, [usize; GROUPS]);

/// Draws the days; the title is also included for screen readers.
pub(crate) fn draw(title: &str, days: &[Day]) -> String {
    let mut svg = String::from(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 940 520\" role=\"img\" aria-labelledby=\"title\" \
         font-family=\"sans-serif\" font-size=\"13\">\n",
    );
    let whole = format!("{title}: cards in each lane at the end of each day");
    text_element(&mut svg, "title", format_args!("id=\"title\""), &whole);
    svg.push_str("\n<rect width=\"940\" height=\"520\" fill=\"#ffffff\"/>\n");
    text_element(&mut svg, "text", format_args!("x=\"{LEFT}\" y=\"34\" font-size=\"20\""), title);
    svg.push('\n');
    let plot = Plot { days, base: base(days), most: most(days).max(base(days) + 1) };
    plot.areas(&mut svg);
    plot.axes(&mut svg);
    plot.legend(&mut svg);
    svg.push_str("</svg>\n");
    svg
}

/// The days and the range of the vertical axis.
struct Plot<'a> {
    days: &'a [Day],
    base: usize,
    most: usize,
}

impl Plot<'_> {
    /// Draws the stacked areas, one per lane.
    fn areas(&self, svg: &mut String) {
        let mut floor = vec![0; self.days.len()];
        for lane in STACK {
            let top: Vec<usize> = floor.iter().zip(self.days).map(|(floor, (_, lanes))| floor + lanes[lane]).collect();
            if top != floor {
                let there = top.iter().enumerate().flat_map(|(day, count)| self.corners(day, *count));
                let back =
                    floor.iter().enumerate().rev().flat_map(|(day, count)| self.corners(day, *count).into_iter().rev());
                let points: Vec<String> = there.chain(back).collect();
                let (colour, points) = (COLOURS[lane], points.join(" "));
                let _ = write!(svg, "<polygon points=\"{points}\" fill=\"{colour}\">");
                text_element(svg, "title", format_args!(""), name(lane));
                svg.push_str("</polygon>\n");
            }
            floor = top;
        }
    }

    /// The points of an outline at a day; if there is only one day, from edge to edge.
    fn corners(&self, day: usize, count: usize) -> Vec<String> {
        let y = self.y(count);
        if self.days.len() == 1 {
            return vec![format!("{LEFT},{y}"), format!("{},{y}", LEFT + WIDTH)];
        }
        vec![format!("{},{y}", self.x(day))]
    }

    fn axes(&self, svg: &mut String) {
        let (bottom, right) = (TOP + HEIGHT, LEFT + WIDTH);
        let step = step((self.most - self.base).div_ceil(MARKS));
        let mut count = self.base.div_ceil(step) * step;
        while count <= self.most {
            let y = self.y(count);
            let _ = writeln!(
                svg,
                "<line x1=\"{LEFT}\" y1=\"{y}\" x2=\"{right}\" y2=\"{y}\" stroke=\"#000000\" stroke-opacity=\"0.13\"/>"
            );
            let place = format_args!("x=\"{}\" y=\"{y}\" dy=\"4\" text-anchor=\"end\"", LEFT - 8);
            text_element(svg, "text", place, &count.to_string());
            svg.push('\n');
            count += step;
        }
        for day in (0..self.days.len()).step_by(self.days.len().div_ceil(MARKS).max(1)) {
            let (x, date) = (self.x(day), self.days[day].0);
            let _ =
                writeln!(svg, "<line x1=\"{x}\" y1=\"{bottom}\" x2=\"{x}\" y2=\"{}\" stroke=\"#000000\"/>", bottom + 5);
            let place = format_args!("x=\"{x}\" y=\"{}\" text-anchor=\"middle\"", bottom + 22);
            text_element(svg, "text", place, &date.to_string());
            svg.push('\n');
        }
        let _ = writeln!(
            svg,
            "<polyline points=\"{LEFT},{TOP} {LEFT},{bottom} {right},{bottom}\" fill=\"none\" stroke=\"#000000\"/>"
        );
    }

    /// Draws the legend: the lanes that ever had cards, in stacking order, with the number of cards on the last day.
    fn legend(&self, svg: &mut String) {
        let Some((_, last)) = self.days.last() else { return };
        let there = |lane: &usize| self.days.iter().any(|(_, lanes)| lanes[*lane] > 0);
        for (row, lane) in STACK.into_iter().rev().filter(there).enumerate() {
            let (x, y) = (LEFT + WIDTH + 24, TOP + row * 26);
            let (colour, shown) = (COLOURS[lane], format!("{} {}", name(lane), last[lane]));
            let _ = writeln!(svg, "<rect x=\"{x}\" y=\"{y}\" width=\"14\" height=\"14\" fill=\"{colour}\"/>");
            text_element(svg, "text", format_args!("x=\"{}\" y=\"{}\"", x + 22, y + 12), &shown);
            svg.push('\n');
        }
    }

    fn x(&self, day: usize) -> String {
        fixed(LEFT * 10 + WIDTH * 10 * day / (self.days.len() - 1).max(1))
    }

    fn y(&self, count: usize) -> String {
        let above = count.clamp(self.base, self.most) - self.base;
        fixed((TOP + HEIGHT) * 10 - HEIGHT * 10 * above / (self.most - self.base))
    }
}

/// Tenths as a decimal number.
fn fixed(tenths: usize) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// The smallest of 1, 2, 5, 10, 20, 50 ... that is at least `least`.
fn step(least: usize) -> usize {
    let mut decade = 1;
    loop {
        match [1, 2, 5].into_iter().map(|factor| factor * decade).find(|step| *step >= least) {
            Some(step) => return step,
            None => decade *= 10,
        }
    }
}

/// Writes an element that holds text: the only place where text enters the document.
fn text_element(svg: &mut String, name: &str, attributes: Arguments<'_>, text: &str) {
    let space = if attributes.as_str() == Some("") { "" } else { " " };
    let _ = write!(svg, "<{name}{space}{attributes}>{}</{name}>", escape(text));
}

/// Escapes text for XML and removes characters that XML does not allow.
fn escape(text: &str) -> String {
    let text = sanitize(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;").replace(['\u{FFFE}', '\u{FFFF}'], "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: i8, lanes: [usize; GROUPS]) -> Day {
        (jiff::civil::date(2026, 11, day), lanes)
    }

    #[test]
    fn areas_are_stacked_above_what_was_always_done() {
        let days =
            [day(1, [2, 0, 0, 0, 0, 4, 0, 0]), day(2, [1, 0, 0, 1, 0, 4, 0, 0]), day(3, [1, 0, 0, 0, 0, 5, 0, 0])];
        let svg = draw("BAKE", &days);
        // Two cards above the four that were finished all the time: 400 units of height, so 200 per card.
        let polygons: Vec<&str> = svg.lines().filter(|line| line.starts_with("<polygon")).collect();
        assert_eq!(polygons.len(), 3);
        assert!(
            polygons[0].contains("points=\"60.0,460.0 410.0,460.0 760.0,260.0 760.0,460.0 410.0,460.0 60.0,460.0\"")
        );
        assert!(polygons[0].contains("<title>Done</title>") && polygons[1].contains("<title>In progress</title>"));
        assert!(polygons[2].contains("points=\"60.0,60.0 410.0,60.0 760.0,60.0 760.0,260.0 410.0,260.0 60.0,460.0\""));
    }

    #[test]
    fn marks_are_round_numbers() {
        assert_eq!([0, 1, 2, 3, 6, 11, 40, 51, 700].map(step), [1, 1, 2, 5, 10, 20, 50, 100, 1000]);
        let svg = draw("BAKE", &[day(1, [33, 0, 0, 0, 0, 0, 0, 0]), day(2, [12, 0, 0, 0, 0, 0, 0, 0])]);
        for mark in [">0<", ">5<", ">30<", ">2026-11-01<", ">2026-11-02<", ">Inbox 12<"] {
            assert!(svg.contains(mark), "{mark}: {svg}");
        }
    }

    #[test]
    fn nothing_and_one_day_are_drawn_too() {
        assert!(draw("none", &[]).ends_with("</svg>\n"));
        let svg = draw("one", &[day(1, [1, 0, 0, 0, 0, 0, 0, 0])]);
        assert!(svg.contains("points=\"60,60.0 760,60.0 760,460.0 60,460.0\""), "{svg}");
    }

    #[test]
    fn text_cannot_break_out() {
        assert_eq!(escape("<b>\"A\" & 'B'</b>\u{0}\u{1b}\u{fffe}"), "&lt;b&gt;&quot;A&quot; &amp; 'B'&lt;/b&gt;");
    }
}
