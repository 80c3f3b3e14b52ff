#include "config/json_text.hpp"

#include <boost/json/serialize.hpp>

#include "base/text.hpp"

namespace tapedeck {
namespace {

namespace json = boost::json;

void write(std::string &out, const json::value &value, std::size_t indent);

void new_line(std::string &out, std::size_t indent) {
  out += '\n';
  out.append(indent, ' ');
}

void write_object(std::string &out, const json::object &object, std::size_t indent) {
  const char *separator = "{";
  for (const auto &member : object) {
    out += separator;
    new_line(out, indent + 2);
    out += json_quoted(std::string_view(member.key().data(), member.key().size())) + ": ";
    write(out, member.value(), indent + 2);
    separator = ",";
  }
  new_line(out, indent);
  out += '}';
}

void write_array(std::string &out, const json::array &array, std::size_t indent) {
  const char *separator = "[";
  for (const auto &item : array) {
    out += separator;
    new_line(out, indent + 2);
    write(out, item, indent + 2);
    separator = ",";
  }
  new_line(out, indent);
  out += ']';
}

void write(std::string &out, const json::value &value, std::size_t indent) {
  if (value.is_object() && !value.get_object().empty())
    write_object(out, value.get_object(), indent);
  else if (value.is_array() && !value.get_array().empty())
    write_array(out, value.get_array(), indent);
  else if (value.is_string())  // Boost.JSON would write broken UTF-8 through
    out += json_quoted(std::string_view(value.get_string().data(), value.get_string().size()));
  else
    out += json::serialize(value);
}

}  // namespace

std::string pretty_json(const boost::json::value &value) {
  std::string out;
  write(out, value, 0);
  return out + '\n';
}

}  // namespace tapedeck
