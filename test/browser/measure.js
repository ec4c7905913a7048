// What people would see of the page, as numbers. It runs within the page, by the
// browser's own tools: the page itself has no script.
(() => {
  const wide = document.documentElement.clientWidth;
  const shown = (e) => e.checkVisibility() && e.getClientRects().length > 0;
  const name = (e) => `${e.localName}.${e.getAttribute("class") ?? ""} "${e.textContent.trim().slice(0, 40)}"`;
  const hidden = (e) => e.closest("thead") && getComputedStyle(e.closest("thead")).position === "absolute";
  const leaves = [...document.body.querySelectorAll("*")].filter((e) => shown(e) && !hidden(e) &&
    !e.closest("title, desc") && [...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.data.trim()));

  const boxOf = (e) => {
    const range = document.createRange();
    range.selectNodeContents(e);
    return range.getBoundingClientRect();
  };
  const outside = leaves.filter((e) => boxOf(e).right > wide + 0.5 || boxOf(e).left < -0.5).map(name);
  const cut = leaves.filter((e) => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== "inline" && !e.closest("svg")).map(name);

  // Blocks that follow one another must not lie upon one another; texts of a
  // drawing, and cells of a row, neither.
  const overlapping = [];
  const apart = (list) => {
    const boxes = list.map((e) => [e, e.matches("svg *, section, header, footer") ? e.getBoundingClientRect() : boxOf(e)]);
    for (let i = 0; i < boxes.length; i++) {
      for (let k = i + 1; k < boxes.length; k++) {
        const [one, a] = boxes[i], [other, b] = boxes[k];
        const x = Math.min(a.right, b.right) - Math.max(a.left, b.left), y = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (x > 1 && y > 2) overlapping.push(`${name(one)} and ${name(other)}`);
      }
    }
  };
  apart([...document.querySelectorAll("header, main > section, footer")].filter(shown));
  for (const drawing of document.querySelectorAll("svg")) if (shown(drawing)) apart([...drawing.querySelectorAll("text")]);
  for (const row of document.querySelectorAll("tr")) if (shown(row) && !hidden(row)) apart([...row.children].filter((e) => e.textContent.trim()));
  apart([...document.querySelectorAll(".tiles div")]);

  // Contrast as in WCAG 2.
  const channels = (color) => color.match(/[\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => [r, g, b].map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, n) => sum + v * [0.2126, 0.7152, 0.0722][n], 0);
  const behind = (e) => {
    for (let at = e; at; at = at.parentElement) {
      const color = channels(getComputedStyle(at).backgroundColor);
      if (color.length === 3 || color[3] > 0) return color;
    }
    return [255, 255, 255];
  };
  const contrast = (a, b) => {
    const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p);
    return (x + 0.05) / (y + 0.05);
  };
  const faint = leaves.map((e) => {
    const style = getComputedStyle(e);
    const front = channels(e.closest("svg") ? style.fill : style.color);
    return [e, contrast(front, behind(e))];
  }).filter(([, c]) => c < 4.5).map(([e, c]) => `${name(e)} ${c.toFixed(2)}`);

  const drawings = [...document.querySelectorAll("svg")].filter(shown).map((e) => {
    const box = e.getBoundingClientRect();
    const [title, desc] = e.getAttribute("aria-labelledby").split(" ").map((id) => document.getElementById(id).textContent);
    const texts = [...e.querySelectorAll("text")];
    const scale = box.width / e.viewBox.baseVal.width;
    return {
      width: box.width, height: box.height, title, desc,
      bars: [...e.querySelectorAll(".bar")].filter((b) => b.getBoundingClientRect().width >= 2).length,
      marks: e.querySelectorAll(".ca").length,
      smallest: Math.min(...texts.map((t) => parseFloat(getComputedStyle(t).fontSize) * scale)),
      lowest: Math.min(...[...e.querySelectorAll(".bar")].map((b) => contrast(channels(getComputedStyle(b).fill), behind(e)))),
    };
  });
  return {
    scrolls: document.documentElement.scrollWidth - wide,
    outside, overlapping, cut, faint, texts: leaves.length, drawings,
    paper: getComputedStyle(document.body).backgroundColor, ink: getComputedStyle(document.body).color,
    tables: document.querySelectorAll("table").length, rows: document.querySelectorAll("tbody tr").length,
    requests: performance.getEntriesByType("resource").filter((r) => !r.name.endsWith("/favicon.ico")).length,
  };
})()
