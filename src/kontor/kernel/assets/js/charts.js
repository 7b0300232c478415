// Charts: one look for all, loaded only where a page has one. The page says what to draw as JSON, never how; colours, type and
// motion come from tokens.css. The tag {% chart %} writes the element, the JSON and the table that follows every chart.
import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

echarts.use([BarChart, LineChart, AriaComponent, GridComponent, MarkLineComponent, TooltipComponent, SVGRenderer]);

const lang = document.documentElement.lang === "de" ? "de-DE" : "en-GB";
const number = new Intl.NumberFormat(lang, { maximumFractionDigits: 2 });
const day = new Intl.DateTimeFormat(lang, { day: "2-digit", month: lang === "de-DE" ? "2-digit" : "short", year: "numeric" });
const month = new Intl.DateTimeFormat(lang, { month: "short", year: "2-digit" });
const YEAR = 365 * 864e5;
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
const family = "Inter Variable, Inter, sans-serif";
const drawn = new Set();

/** A light-dark() pair is only resolved where it is used. */
function token(element, name) {
  const probe = document.createElement("i");
  probe.style.color = `var(--k-${name})`;
  element.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

const said = (text) => String(text).replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

/** The vertical line "today" and the horizontal line of a limit. */
function lines(spec, c, size) {
  const data = [];
  if (spec.now !== undefined) data.push({ xAxis: spec.now, lineStyle: { color: c("signal"), width: 2, type: "solid" }, label: { formatter: spec.nowLabel ?? "", color: c("signal-text"), fontWeight: 640, fontSize: size, position: "end", fontFamily: family } });
  if (spec.limit !== undefined) data.push({ yAxis: spec.limit, lineStyle: { color: c("text"), width: 1.5, type: "solid" }, label: { formatter: spec.limitLabel ?? "", color: c("text"), position: "insideEndTop", fontSize: size, fontFamily: family } });
  return data.length ? { silent: true, symbol: "none", animation: false, data } : undefined;
}

function series(spec, c, size) {
  const palette = [1, 2, 3, 4, 5, 6].map((n) => c(`chart-${n}`));
  const bars = spec.type === "bars";
  return spec.series.map((s, n) => {
    const colour = palette[s.colour ?? n];
    const expected = s.expected && bars ? { color: "transparent", borderColor: colour, borderType: [3, 3], borderWidth: 1.25 } : {};
    return {
      name: s.name, type: bars ? "bar" : "line", stack: s.stack || undefined, step: spec.type === "steps" ? "end" : undefined, data: s.values,
      symbol: spec.type === "steps" ? "none" : "circle", symbolSize: 5, showSymbol: false, barMaxWidth: 34, barCategoryGap: "28%",
      lineStyle: { width: 2.25, type: s.expected ? [4, 4] : "solid", color: colour },
      itemStyle: { color: colour, borderRadius: bars && !s.stack ? [2, 2, 0, 0] : 0, ...expected },
      areaStyle: s.area ? { color: colour, opacity: 0.1 } : undefined,
      markLine: n === 0 ? lines(spec, c, size) : undefined,
    };
  });
}

function look(element, spec) {
  const c = (name) => token(element, name);
  const size = spec.size ?? 12;
  const text = { color: c("faint"), fontFamily: family, fontSize: size };
  const money = spec.currency && new Intl.NumberFormat(lang, { style: "currency", currency: spec.currency });
  const figure = (v) => (money ? money.format(v) : spec.unit ? `${number.format(v)} ${spec.unit}` : number.format(v));
  const value = (row) => (Array.isArray(row.value) ? row.value[1] : row.value);
  const axis = { axisLine: { lineStyle: { color: c("line-strong") } }, axisTick: { show: false }, axisLabel: { ...text, hideOverlap: true }, splitLine: { show: false } };
  const years = new Date(spec.to) - new Date(spec.from) > 3 * YEAR; // else months, or every tick of a year would have its number
  const time = {
    min: spec.from, max: spec.to, minInterval: years ? YEAR : YEAR / 13, maxInterval: YEAR,
    axisLabel: { ...text, formatter: years ? "{yyyy}" : (v) => month.format(new Date(v)), hideOverlap: true },
  };
  return {
    animation: !still, animationDuration: 220, textStyle: text, aria: { enabled: false },
    grid: { left: 0, right: 4, top: spec.now !== undefined ? 20 : 12, bottom: 5, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    tooltip: {
      trigger: "axis", className: "k-chart-tip", appendTo: element, borderWidth: 0, padding: 0, backgroundColor: "transparent", extraCssText: "",
      axisPointer: { type: "line", lineStyle: { color: c("control"), type: "solid", width: 1 } },
      formatter: (rows) => {
        const head = spec.time ? day.format(new Date(rows[0].axisValue)) : rows[0].name;
        const body = rows.filter((row) => value(row) != null).map((row) => `${said(row.seriesName)}: ${said(figure(value(row)))}`);
        return `<b>${said(head)}</b><br>${body.join("<br>")}`;
      },
    },
    xAxis: { type: spec.time ? "time" : "category", data: spec.time ? undefined : spec.labels, ...axis, ...(spec.time && time) },
    yAxis: { type: "value", min: spec.min, max: spec.max, splitNumber: spec.ticks ?? 3, axisLabel: { ...text, formatter: (v) => number.format(v) }, splitLine: { lineStyle: { color: c("chart-grid") } } },
    series: series(spec, c, size),
  };
}

function draw(element) {
  const spec = JSON.parse(document.getElementById(element.dataset.kChart).textContent);
  const chart = echarts.getInstanceByDom(element) ?? echarts.init(element, null, { renderer: "svg" });
  chart.setOption(look(element, spec), true);
  drawn.add(element);
}

/** Forget charts whose page has been turned; draw the others again. */
function each(act) {
  for (const element of drawn) {
    if (element.isConnected) act(element);
    else {
      echarts.getInstanceByDom(element)?.dispose();
      drawn.delete(element);
    }
  }
}

export function drawIn(element) {
  each(() => undefined);
  const found = [...element.querySelectorAll("[data-k-chart]")];
  if (element.matches?.("[data-k-chart]")) found.push(element);
  document.fonts.ready.then(() => found.forEach(draw));
}

new ResizeObserver(() => each((element) => echarts.getInstanceByDom(element)?.resize())).observe(document.documentElement);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => each(draw));
new MutationObserver(() => each(draw)).observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });
