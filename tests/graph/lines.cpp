// Reads lines and surroundings as lines.py does, loads each in this process and writes its findings down.
#include "tests/graph/lines.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <map>
#include <sstream>

#include "graph/load.hpp"
#include "tests/graph/certificates.hpp"

namespace shunt::graph::testing {
namespace {

namespace fs = std::filesystem;

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size())
    text.replace(at, what.size(), by);
  return text;
}

std::vector<std::string> split_lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::map<std::string, std::string> surroundings() {
  std::map<std::string, std::string> kinds;
  std::string kind;
  for (const auto& line : split_lines(read_text(lines_folder() / "surroundings.cfg"))) {
    if (line.starts_with('[') && line.ends_with(']')) {
      kind = line.substr(1, line.size() - 2);
      kinds[kind];
    } else if (!kind.empty()) {
      kinds[kind] += line + "\n";
    }
  }
  return kinds;
}

std::string lower_case(std::string_view name) {
  std::string lower(name);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}

// `SECTION line` or `"HEAD" line`, with '!' before it where only 3.5 is asked.
JudgedLine parse(std::string_view text) {
  JudgedLine made;
  made.newer = text.starts_with('!');
  if (made.newer) text.remove_prefix(1);
  std::size_t end = text.starts_with('"') ? text.find('"', 1) : std::string_view::npos;
  if (end != std::string_view::npos) {
    made.head = replaced(std::string(text.substr(1, end - 1)), "\\n", "\n ");
    ++end;
  } else {
    end = std::min(text.find_first_of(" \t"), text.size());
    made.section = text.substr(0, end);
  }
  text.remove_prefix(end);
  if (!text.empty() && (text[0] == ' ' || text[0] == '\t')) text.remove_prefix(1);
  made.line = text;
  return made;
}

// The files that @FILE and its like stand for.
class Judge {
 public:
  Judge() : kinds_(surroundings()) {
    const MadeCertificate made = make_certificate({.common_name = "x"});
    write_file(directory_.path() / "crt", made.certificate);
    write_file(directory_.path() / "key", made.key);
    write_file(directory_.path() / "pem", made.certificate + made.key);
    for (const auto& [name, text] : kinds_) {
      if (name.starts_with('@')) write_file(directory_.path() / lower_case(name.substr(1)), with_files(text));
    }
  }

  void judge(JudgedLine& each) const {
    const auto& around = kinds_.at(each.head.empty() ? each.section : "HEAD");
    const std::string before =
        replaced(around.substr(0, around.find("@LINE")), "@HEAD", with_files(each.head));
    const std::string text = before + with_files(each.line) + around.substr(around.find("@LINE") + 5);
    const auto line = static_cast<std::uint32_t>(std::ranges::count(before, '\n') + 1);
    const auto loaded = load(text, Target::haproxy_3_5);
    each.accepted = !loaded->sink.has_errors();
    each.findings = describe(*loaded, line);
    each.text = loaded->sources.line(0, line);
    note_errors(*loaded, line, each.errors);
    if (each.newer) return;
    const auto older = load(text, Target::haproxy_2_6);
    each.accepted_in_2_6 = !older->sink.has_errors();
    note_errors(*older, line, each.errors);
  }

 private:
  static std::unique_ptr<Loaded> load(const std::string& text, Target target) {
    return load_text("lines.cfg", text, {.resolve_names = false, .target = target, .local_peer = "here"});
  }

  static void note_errors(const Loaded& loaded, std::uint32_t line, std::vector<std::size_t>& errors) {
    for (const auto& finding : loaded.sink.all()) {
      if (finding.severity != parser::Severity::error || !finding.span.known()) continue;
      const auto at = loaded.sources.locate(finding.span);
      if (at.line == line) errors.push_back(at.column - 1);
    }
  }

  [[nodiscard]] std::string with_files(std::string line) const {
    const std::string folder = directory_.path();
    for (const auto& [name, text] : kinds_) {
      if (name.starts_with('@'))
        line = replaced(std::move(line), name, folder + "/" + lower_case(name.substr(1)));
    }
    line = replaced(replaced(std::move(line), "@PEM", folder + "/pem"), "@KEY", folder + "/key");
    return replaced(std::move(line), "@DIR", folder);
  }

  // "error[code]@7: message"; the line's number only where it isn't the judged one.
  [[nodiscard]] std::string describe(const Loaded& loaded, std::uint32_t line) const {
    std::string text;
    for (const auto& finding : loaded.sink.all()) {
      constexpr std::string_view severities[] = {"notice", "warning", "error"};
      text += "  " + std::string(severities[static_cast<std::size_t>(finding.severity)]) + "[" +
              std::string(finding.code->name) + "]" + place(loaded, finding.span, line) + ": " +
              finding.message + "\n";
      for (const auto& note : finding.notes)
        text += "    note" + place(loaded, note.span, line) + ": " + note.message + "\n";
    }
    return without_paths(std::move(text));
  }

  [[nodiscard]] std::string without_paths(std::string text) const {
    return replaced(std::move(text), directory_.path().string(), "@DIR");
  }

  // Columns count as if the files' names were still "@FILE": else they would depend on the machine.
  [[nodiscard]] std::string place(const Loaded& loaded, parser::Span span, std::uint32_t line) const {
    if (!span.known()) return "";
    const auto at = loaded.sources.locate(span);
    const auto before = std::string(loaded.sources.line(span.file, at.line).substr(0, at.column - 1));
    const std::string column = std::to_string(without_paths(before).size() + 1);
    return at.line == line ? "@" + column : "@line " + std::to_string(at.line) + ":" + column;
  }

  std::map<std::string, std::string> kinds_;
  TemporaryDirectory directory_;
};

LineFile read_lines(const fs::path& path, const Judge& judge) {
  LineFile file{.area = path.stem(), .lines = {}};
  for (const auto& text : split_lines(read_text(path))) {
    if (text.empty() || text.starts_with('#')) continue;
    judge.judge(file.lines.emplace_back(parse(text)));
  }
  return file;
}

std::vector<LineFile> judge_all() {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(lines_folder())) {
    if (entry.path().extension() == ".txt") paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  const Judge judge;
  std::vector<LineFile> files;
  for (const auto& path : paths) files.push_back(read_lines(path, judge));
  return files;
}

}  // namespace

const std::vector<LineFile>& judged_lines() {
  static const std::vector<LineFile> files = judge_all();
  return files;
}

fs::path lines_folder() { return fs::path(SHUNT_SOURCE_DIR) / "tests/differential/lines"; }

std::string read_text(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return std::move(text).str();
}

}  // namespace shunt::graph::testing
