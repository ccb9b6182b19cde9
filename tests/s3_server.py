"""A store that speaks as much S3 as obstore asks for, in memory."""

import contextlib
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape, unescape


@contextlib.contextmanager
def s3_server():
    """Gives the address, and bucket/key → bytes."""
    kept: dict[str, bytes] = {}
    parts: dict[str, dict[int, bytes]] = {}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def answer(self, status: int, body: bytes = b"", **headers):
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        @property
        def key(self) -> str:
            return unquote(urlsplit(self.path).path).lstrip("/")

        @property
        def query(self) -> dict[str, str]:
            return {name: values[0] for name, values in parse_qs(urlsplit(self.path).query, keep_blank_values=True).items()}

        def do_PUT(self):
            data = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if "uploadId" in self.query:
                parts[self.query["uploadId"]][int(self.query["partNumber"])] = data
            else:
                kept[self.key] = data
            self.answer(200, ETag='"e"')

        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            if "delete" in self.query:
                names = [unescape(name) for name in re.findall(r"<Key>(.*?)</Key>", body)]
                for name in names:
                    kept.pop(f"{self.key.rstrip('/')}/{name}", None)
                deleted = "".join(f"<Deleted><Key>{escape(name)}</Key></Deleted>" for name in names)
                self.answer(200, f"<DeleteResult>{deleted}</DeleteResult>".encode())
            elif "uploads" in self.query:
                parts["u"] = {}
                self.answer(200, b"<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>")
            else:
                kept[self.key] = b"".join(parts["u"][number] for number in sorted(parts["u"]))
                self.answer(200, b"<CompleteMultipartUploadResult><ETag>e</ETag></CompleteMultipartUploadResult>")

        def do_GET(self):
            if "list-type" in self.query:
                return self.answer(200, self.listing())
            if self.key not in kept:
                return self.answer(404)
            data, wanted = kept[self.key], self.headers.get("Range")
            common = {"ETag": '"e"', "Last_Modified": "Tue, 01 Jan 2030 00:00:00 GMT"}
            if not wanted:
                return self.answer(200, data, **common)
            first, last = wanted.removeprefix("bytes=").split("-")
            last = min(int(last or len(data)), len(data) - 1)
            return self.answer(206, data[int(first) : last + 1], Content_Range=f"bytes {first}-{last}/{len(data)}", **common)

        do_HEAD = do_GET

        def do_DELETE(self):
            self.answer(204 if kept.pop(self.key, None) is not None else 404)

        def listing(self) -> bytes:
            bucket, prefix, delimiter = self.key.rstrip("/"), self.query.get("prefix", ""), self.query.get("delimiter")
            keys = sorted(name[len(bucket) + 1 :] for name in kept if name.startswith(f"{bucket}/{prefix}"))
            common = set()
            if delimiter:
                common = {
                    prefix + key[len(prefix) :].split(delimiter)[0] + delimiter
                    for key in keys
                    if delimiter in key[len(prefix) :]
                }
                keys = [key for key in keys if delimiter not in key[len(prefix) :]]
            entry = "<Contents><Key>{}</Key><Size>{}</Size><ETag>e</ETag><LastModified>2030-01-01T00:00:00.000Z</LastModified></Contents>"
            inside = "".join(entry.format(escape(key), len(kept[f"{bucket}/{key}"])) for key in keys)
            inside += "".join(f"<CommonPrefixes><Prefix>{escape(name)}</Prefix></CommonPrefixes>" for name in sorted(common))
            return f"<ListBucketResult><IsTruncated>false</IsTruncated>{inside}</ListBucketResult>".encode()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", kept
    server.shutdown()
    server.server_close()
