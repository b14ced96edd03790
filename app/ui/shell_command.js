export default function ({ data }) {
  if (data.appearance) {
    for (const path of data.paths) localStorage.setItem(`stActiveTheme-${path}-v2`, JSON.stringify(data.appearance));
    location.reload();
  } else if (data.open) {
    location.assign(data.open);
  } else if (data.post) {
    const form = document.createElement("form");
    form.method = "post";
    form.action = data.post;
    document.body.append(form);
    form.submit();
  }
}
