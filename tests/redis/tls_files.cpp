#include "tls_files.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include <cstdio>
#include <stdexcept>

namespace tapedeck::testing_redis {
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
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char *>("tapedeck test"), -1, -1, 0);
  X509_set_issuer_name(out, name);
  add_host(out, host);
  X509_sign(out, key, EVP_sha256());
  return out;
}

template <class Write>
void write(const std::string &path, Write &&write) {
  std::FILE *file = std::fopen(path.c_str(), "w");
  if (file == nullptr) throw std::runtime_error("cannot write " + path);
  write(file);
  std::fclose(file);
}

}  // namespace

TlsFiles::TlsFiles(const std::string &host) {
  std::string name = (std::filesystem::temp_directory_path() / "tapedeck-tls.XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no directory for certificates");
  directory_ = name;
  EVP_PKEY *pair = EVP_EC_gen("P-256");
  X509 *own = self_signed(pair, host);
  write(certificate(), [&](std::FILE *f) { PEM_write_X509(f, own); });
  write(key(), [&](std::FILE *f) { PEM_write_PrivateKey(f, pair, nullptr, nullptr, 0, nullptr, nullptr); });
  X509_free(own);
  EVP_PKEY_free(pair);
}

TlsFiles::~TlsFiles() { std::filesystem::remove_all(directory_); }

}  // namespace tapedeck::testing_redis
