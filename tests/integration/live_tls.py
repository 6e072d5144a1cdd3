"""The scenario of servers behind TLS."""
import os
import subprocess

from live_run import free_port


def openssl(folder, *arguments):
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)


def certificate(folder, name, subject_name, days="2"):
    openssl(folder, "req", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key", "-out",
            f"{name}.csr", "-subj", f"/CN={name}")
    with open(os.path.join(folder, f"{name}.ext"), "w", encoding="utf-8") as file:
        file.write(f"subjectAltName={subject_name}\n")
    openssl(folder, "x509", "-req", "-in", f"{name}.csr", "-CA", "ca.crt", "-CAkey", "ca.key",
            "-CAcreateserial", "-out", f"{name}.crt", "-days", days, "-extfile", f"{name}.ext")


def tls(run):
    folder = run.folder("certificates")
    for authority in ("ca", "other"):
        openssl(folder, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout",
                f"{authority}.key", "-out", f"{authority}.crt", "-subj", f"/CN={authority}", "-days",
                "2")
    certificate(folder, "server", "DNS:localhost,IP:127.0.0.1")
    certificate(folder, "client", "DNS:client")
    certificate(folder, "elsewhere", "DNS:elsewhere.example")

    def path(name):
        return os.path.join(folder, name)

    for name in ("server", "elsewhere"):
        tls_port = free_port()
        with run.server(name, run.small_dump(), tls_port=str(tls_port),
                        tls_cert_file=path(f"{name}.crt"), tls_key_file=path(f"{name}.key"),
                        tls_ca_cert_file=path("ca.crt"), tls_auth_clients="yes") as server:
            ours = ["--cert", path("client.crt"), "--key", path("client.key")]
            url = f"rediss://localhost:{tls_port}"
            if name == "elsewhere":
                run.refused(["certificate is not accepted", "mismatch"], "verify", url, "--cacert",
                            path("ca.crt"), *ours)
                status, _, err = run.call("verify", url, "--insecure-tls", *ours)
                run.problems.require("insecure", status == 0 and "nobody checks" in err, err)
                continue
            run.diff(run.small_dump(), url, "--cacert", path("ca.crt"), *ours, status=0)
            run.diff(run.small_dump(), f"rediss://127.0.0.1:{tls_port}", "--cacert",
                     path("ca.crt"), *ours, status=0)
            run.refused(["certificate is not accepted"], "verify", url, "--cacert",
                        path("other.crt"), *ours)
            run.refused(["TLS"], "verify", f"rediss://localhost:{server.port}", "--cacert",
                        path("ca.crt"), *ours)
            run.refused(["localhost"], "verify", url, "--cacert", path("ca.crt"))
