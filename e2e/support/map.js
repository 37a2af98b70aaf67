// The site's pages, as its sitemap lists them.

/** `{path, permalink, lang, status}` of every page, and of one that is not there in each language. */
export async function allPages(server) {
  const sitemap = await (await fetch(server.at("/sitemap.xml"))).text();
  const pages = [...sitemap.matchAll(/<loc>([^<]+)<\/loc>/g)].map(([, permalink]) => {
    const { pathname } = new URL(permalink);
    return { path: pathname, permalink, lang: langOf(pathname), status: 200 };
  });
  const missing = ["/no-such-page/", "/fr/no-such-page/"].map((path) => ({ path, permalink: null, lang: null, status: 404 }));
  return [...pages, ...missing];
}

function langOf(path) {
  return path.startsWith("/fr/") ? "fr" : "en";
}
