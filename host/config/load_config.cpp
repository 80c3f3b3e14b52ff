#include "config/load_config.hpp"

#include <algorithm>

#include "config/merge_config.hpp"
#include "config/problems.hpp"
#include "config/read_config.hpp"
#include "config/routing.hpp"
#include "config/text_checks.hpp"
#include "config/yaml_tree.hpp"

namespace tapedeck {
namespace {

class Loader {
 public:
  explicit Loader(const ConfigInput &input) : input_(input) {}

  // False, with a problem, for a name that was given before.
  bool begin(const std::string &name) {
    auto &files = loaded_.config.files;
    if (std::find(files.begin(), files.end(), name) != files.end()) {
      add_problem(loaded_.problems, {name, 0, 0}, "is given twice");
      return false;
    }
    files.push_back(name);
    return true;
  }

  void add_text(const std::string &name, std::string text) {
    if (const auto problem = prepare_text(name, text)) {
      loaded_.problems.push_back(*problem);
      unread_ = true;
      return;
    }
    const YamlPtr root = parse_yaml(name, text, loaded_.problems);
    unread_ = unread_ || !root;
    if (root)
      merge_config(loaded_.config, read_config(root, input_, loaded_.problems), loaded_.problems);
  }

  void add_error(const std::string &name, const std::string &message) {
    add_problem(loaded_.problems, {name, 0, 0}, message);
    unread_ = true;
  }

  LoadedConfig finish() {
    // What an unread file may have held is not reported as missing.
    if (!unread_) route_pipelines(loaded_.config, loaded_.problems);
    if (!unread_) check_links(loaded_.config, loaded_.problems);
    sort_problems(loaded_.problems, loaded_.config.files);
    return std::move(loaded_);
  }

 private:
  const ConfigInput &input_;
  LoadedConfig loaded_;
  bool unread_ = false;
};

}  // namespace

bool LoadedConfig::ok() const { return !has_errors(problems); }

LoadedConfig load_config(const std::vector<std::string> &files, const ConfigInput &input) {
  Loader loader(input);
  for (const auto &file : files) {
    if (!loader.begin(file)) continue;
    FileText read = input.read_file ? input.read_file(file) : FileText{"", "no such file"};
    if (read.error.empty())
      loader.add_text(file, std::move(read.text));
    else
      loader.add_error(file, read.error);
  }
  return loader.finish();
}

LoadedConfig load_config(const std::vector<ConfigText> &texts, const ConfigInput &input) {
  Loader loader(input);
  for (const auto &text : texts)
    if (loader.begin(text.name)) loader.add_text(text.name, text.text);
  return loader.finish();
}

}  // namespace tapedeck
