// Evaluates expressions, conditions and log formats that somebody typed, over described connections.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "acl/program.hpp"
#include "analysis/described_connection.hpp"
#include "parser/diagnostic.hpp"

namespace shunt::analysis {

namespace codes {
inline constexpr parser::Code typed_words{
    .name = "typed-words",
    .summary = "What was typed is not one word, or not the name of a proxy.",
    .remedy = "quote blanks as in a file"};
}  // namespace codes

enum class TypedKind : std::uint8_t { expression, condition, format };

// One that was compiled.
struct Typed {
  TypedKind kind = TypedKind::expression;
  std::uint32_t index = 0;  // expression, condition or format
};

struct EvaluatorOptions {
  int language = fetchers::newest_language;
  // Where it is taken to stand. Without a place expressions are compiled as if all were possible, in a
  // tcp-request content rule; formats as for a log line.
  std::optional<fetchers::Place> place = {};
};

// What came out. `unknown`: neither yes nor no, or no value, as long as more bytes can come.
struct Evaluation {
  enum class Kind : std::uint8_t { value, absent, unknown } kind = Kind::absent;
  bool may_change = false;  // a value that is not the last word
  fetchers::SampleType type = fetchers::SampleType::boolean;
  std::int64_t integer = 0;  // boolean and sint; a condition is a boolean
  std::string text = {};     // the other types: the bytes; addresses as text
};

class Evaluator {
 public:
  explicit Evaluator(const EvaluatorOptions& options);
  ~Evaluator();

  // The named ACLs of a proxy (those of its `defaults` included) may stand in conditions. `names`: the
  // files'.
  void use_acls(const std::vector<std::pair<std::string, std::string>>& names_and_texts,
                std::string_view proxy);
  // As it would be written in a file; a format is one word and needs no quotes around it. nullopt: faults
  // went to sink().
  [[nodiscard]] std::optional<Typed> compile(TypedKind kind, std::string_view text);
  // The variable of that name; the error says what is wrong with it.
  [[nodiscard]] Result<fetchers::VariableRef, TextError> variable(std::string_view name);
  // Once, after the last compile() and variable(). False: map files could not be read, or names of ACLs are
  // unknown; sink() has them.
  bool finish();

  // `as`: an expression's value is cast to it at the end; `any` leaves it.
  [[nodiscard]] Evaluation evaluate(const Typed& typed, DescribedConnection& connection,
                                    fetchers::SampleType as = fetchers::SampleType::any) const;

  [[nodiscard]] const parser::DiagnosticSink& sink() const;
  [[nodiscard]] const parser::SourceSet& sources() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

// "str www.example.org", "sint 5", "bool true", "bin 0a0b"; "absent", "unknown"; one line without its end.
[[nodiscard]] std::string text_form(const Evaluation& evaluation);
// What a log line or a computed text would take: the value cast to text; nothing where there is none.
[[nodiscard]] std::string raw_form(const Evaluation& evaluation);
// {"found":true,"type":"str","value":"...","hex":"..."}
[[nodiscard]] std::string json_form(const Evaluation& evaluation);

}  // namespace shunt::analysis
