#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "net/scripted_server.hpp"

namespace tapedeck::testing {
namespace {

void add_host(X509 *certificate, const std::string &host) {
  const bool address = host.find_first_not_of("0123456789.") == std::string::npos;
  const std::string name = (address ? "IP:" : "DNS:") + host;
  X509_EXTENSION *extension = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, name.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

X509 *self_signed(EVP_PKEY *key, const std::string &host) {
  X509 *out = X509_new();
  X509_set_version(out, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(out), 1);
  X509_gmtime_adj(X509_getm_notBefore(out), -3600);
  X509_gmtime_adj(X509_getm_notAfter(out), 86400);
  X509_set_pubkey(out, key);
  X509_NAME *name = X509_get_subject_name(out);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char *>("tapedeck test"), -1,
                             -1, 0);
  X509_set_issuer_name(out, name);
  add_host(out, host);
  X509_sign(out, key, EVP_sha256());
  return out;
}

}  // namespace

TestCertificate::TestCertificate(const std::string &host) {
  EVP_PKEY *key = EVP_EC_gen("P-256");
  X509 *certificate = self_signed(key, host);
  SSL_CTX *context = SSL_CTX_new(TLS_server_method());
  SSL_CTX_use_certificate(context, certificate);
  SSL_CTX_use_PrivateKey(context, key);
  context_ = context;
  pem_file_ = (std::filesystem::temp_directory_path() / "tapedeck-ca-XXXXXX").string();
  std::FILE *file = fdopen(mkstemp(pem_file_.data()), "w");
  PEM_write_X509(file, certificate);
  std::fclose(file);
  X509_free(certificate);
  EVP_PKEY_free(key);
}

TestCertificate::~TestCertificate() {
  SSL_CTX_free(static_cast<SSL_CTX *>(context_));
  std::filesystem::remove(pem_file_);
}

}  // namespace tapedeck::testing
