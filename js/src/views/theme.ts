/**
 * Keeps `data-theme` of the root at light or dark, as the host is. Done here and not in CSS alone,
 * since selectors on the body do not reach into a shadow root.
 */
export function followTheme(root: HTMLElement): () => void {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const update = () => {
    root.dataset.theme = isDark(root, system.matches) ? "dark" : "light";
  };
  const observer = new MutationObserver(update);
  for (const element of [document.documentElement, document.body]) {
    observer.observe(element, {
      attributeFilter: ["class", "style", "data-theme", "data-jp-theme-light", "data-vscode-theme-kind"],
    });
  }
  system.addEventListener("change", update);
  update();
  // Rendered detached, the page's own colour scheme is only known once the element is in place.
  const frame = requestAnimationFrame(update);
  return () => {
    observer.disconnect();
    system.removeEventListener("change", update);
    cancelAnimationFrame(frame);
  };
}

function isDark(root: HTMLElement, systemDark: boolean): boolean {
  const { jpThemeLight, vscodeThemeKind } = document.body.dataset;
  if (jpThemeLight !== undefined) return jpThemeLight === "false";
  if (vscodeThemeKind !== undefined) return /dark|high-contrast$/.test(vscodeThemeKind);
  for (let element = above(root); element; element = above(element)) {
    const painted = luminance(getComputedStyle(element).backgroundColor);
    if (painted !== null) return painted < 0.5;
  }
  const schemes = getComputedStyle(document.documentElement).colorScheme;
  return schemes.includes("dark") && (systemDark || !schemes.includes("light"));
}

/** The parent, out of a shadow root where need be. */
function above(element: Element): Element | null {
  if (element.parentElement) return element.parentElement;
  const root = element.getRootNode();
  return root instanceof ShadowRoot ? root.host : null;
}

/** 0 to 1; null for what is not an opaque rgb colour. */
function luminance(color: string): number | null {
  const [r, g, b, alpha = 1] = (/^rgba?\((.*)\)$/.exec(color)?.[1] ?? "").split(/[\s,/]+/).map(Number);
  if (r === undefined || g === undefined || b === undefined || alpha < 0.5) return null;
  return (0.3 * r + 0.6 * g + 0.1 * b) / 255;
}
