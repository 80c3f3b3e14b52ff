#include "app/copy_stores.hpp"

#include <tapedeck/layer/core.hpp>

#include <algorithm>
#include <filesystem>
#include <set>

#include "base/text.hpp"

namespace tapedeck {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const std::string &text) { throw Error(TDK_INVALID_ARGUMENT, text); }

ChosenStore named(std::shared_ptr<Session> session, const std::string &file, const std::string &name) {
  const Config &config = session->config();
  if (config.plugin(name) == nullptr) {
    std::vector<std::string> names;
    for (const auto &p : config.plugins) names.push_back(p.name);
    const std::string near = nearest(name, names);
    refuse("there is no plugin '" + printable(name, 60) + "' in " + file + "; " +
           (near.empty() ? "it has " + join(names, ", ") : "did you mean '" + near + "'?"));
  }
  return {std::move(session), name, name + " of " + file};
}

ChosenStore only_one(std::shared_ptr<Session> session, const std::string &file) {
  std::set<std::string> names;
  for (const auto &p : session->config().pipelines) names.insert(p.storage.name);
  if (names.size() == 1) return named(std::move(session), file, *names.begin());
  refuse("the pipelines of " + file + " use several storages: " + join({names.begin(), names.end()}, ", ") +
         "; say which with " + file + "#" + *names.begin());
}

ChosenStore from_file(const std::string &text) {
  std::error_code missing;
  const std::size_t mark = text.rfind('#');
  if (mark == std::string::npos || fs::exists(text, missing)) return only_one(std::make_shared<Session>(std::vector{text}), text);
  const std::string file = text.substr(0, mark);
  return named(std::make_shared<Session>(std::vector{file}), file, text.substr(mark + 1));
}

void check_is_storage(const ChosenStore &store) {
  const CatalogEntry entry = store.session->deployment()->catalog->find(store.config().module);
  if (std::find(entry.interfaces.begin(), entry.interfaces.end(), TDK_IID_STORAGE) == entry.interfaces.end())
    refuse("'" + store.plugin + "' (module " + store.config().module + ") is no storage");
}

// With what the plugin assumes where nothing is said.
std::string option_of(const ChosenStore &store, const std::string &key) {
  const auto given = store.config().options.find(key);
  if (given != store.config().options.end()) return given->second.value;
  for (const auto &o : store.session->deployment()->catalog->find(store.config().module).options)
    if (o.key == key) return o.default_value;
  return {};
}

std::string same_host(std::string host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.") ? "127.0.0.1" : host;
}

bool same_file(const std::string &a, const std::string &b) {
  std::error_code missing;
  if (fs::equivalent(a, b, missing)) return true;
  return fs::weakly_canonical(fs::absolute(a), missing) == fs::weakly_canonical(fs::absolute(b), missing);
}

// By the options that say where a store is, as far as their names tell; a plugin that has none of them by all it has.
bool is_same_store(const ChosenStore &a, const ChosenStore &b) {
  if (a.config().module != b.config().module) return false;
  const auto both = [&](const char *key) { return std::pair(option_of(a, key), option_of(b, key)); };
  const auto [path, other_path] = both("path");
  const auto [database, other_database] = both("database");
  if (!path.empty()) return same_file(path, other_path);
  if (!database.empty()) {
    const auto same = [&](const char *key) { return both(key).first == both(key).second; };
    return database == other_database && same_host(both("host").first) == same_host(both("host").second) && same("port") &&
           same("schema");
  }
  const auto equal = [](const auto &x, const auto &y) { return x.first == y.first && x.second.value == y.second.value; };
  const auto &x = a.config().options, &y = b.config().options;
  return std::equal(x.begin(), x.end(), y.begin(), y.end(), equal);
}

}  // namespace

ChosenStores choose_stores(const CopyOptions &options) {
  ChosenStores out;
  if (options.file.empty()) {
    out = {from_file(options.from), from_file(options.to)};
  } else {
    const auto session = std::make_shared<Session>(std::vector{options.file});
    out = {named(session, options.file, options.from), named(session, options.file, options.to)};
  }
  check_is_storage(out.from);
  check_is_storage(out.to);
  if (is_same_store(out.from, out.to))
    refuse("copying " + out.from.where + " to " + out.to.where + ": they are the same store; name another one to copy to");
  return out;
}

OpenStore::OpenStore(const ChosenStore &chosen, Use use, Clock &clock)
    : plugin_(chosen.plugin), config_(chosen.session->config()), deployment_(chosen.session->deployment()), metrics_(chosen.session->metrics()), clock_(clock) {
  const auto &known = deployment_->catalog->find(chosen.config().module).options;
  const bool can_only_read = std::any_of(known.begin(), known.end(), [](const auto &o) { return o.key == "read_only"; });
  if (use == Use::Write || !can_only_read) {
    open();
    return;
  }
  const Config as_written = config_;
  for (auto &p : config_.plugins)
    if (p.name == chosen.plugin) p.options["read_only"].value = "true";
  try {
    open();
  } catch (const Error &e) {
    if (e.code() != TDK_INCOMPATIBLE) throw;
    runtime_.reset();
    config_ = as_written;
    open();
  }
}

void OpenStore::open() {
  runtime_ = std::make_unique<Runtime>(config_, *deployment_->catalog, metrics_, clock_);
  storage_ = runtime_->open_storage(plugin_);
  storage_->transfer();  // says so where it cannot be copied
}

std::vector<OutboxStat> OpenStore::outbox(const tdk_cancel *cancel) {
  try {
    return runtime_->open_outbox(plugin_)->stat(cancel);
  } catch (const Error &e) {
    if (e.code() != TDK_NOT_SUPPORTED) throw;
    return {};
  }
}

}  // namespace tapedeck
