// Sorts the rows of a table by the column whose head is clicked, the highest
// numbers first, and the other way round at the next click.
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  table.tHead.querySelectorAll("th").forEach((head, column) => {
    head.tabIndex = 0;
    const sort = () => {
      const numeric = head.classList.contains("n");
      const up = head.getAttribute("aria-sort") === (numeric ? "descending" : "ascending") ? numeric : !numeric;
      for (const other of table.tHead.querySelectorAll("th")) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const rows = [...body.rows].map((row) => {
        const text = row.cells[column].textContent.trim();
        return { row, key: numeric ? parseFloat(text) : text };
      });
      const missing = (key) => Number.isNaN(key);
      rows.sort((a, b) => {
        if (missing(a.key) || missing(b.key)) return missing(a.key) - missing(b.key);
        const order = numeric ? a.key - b.key : a.key.localeCompare(b.key, undefined, { numeric: true });
        return up ? order : -order;
      });
      body.append(...rows.map((r) => r.row));
    };
    head.addEventListener("click", sort);
    head.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        sort();
      }
    });
  });
}
