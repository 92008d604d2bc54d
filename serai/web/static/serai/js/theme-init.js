// Runs before the first paint, so that the chosen colours do not flash. A classic script on purpose.
(function () {
  document.documentElement.classList.add("js");
  try {
    const theme = localStorage.getItem("theme");
    if (theme === "serai" || theme === "serai-dark") {
      document.documentElement.dataset.theme = theme;
    }
  } catch {
    // Storage can be forbidden: the system's preference then decides.
  }
})();
