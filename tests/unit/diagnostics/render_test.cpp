#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "core/diagnostics/diagnostic.hpp"

namespace millrace {
namespace {

std::string rendered(const Diagnostics& diagnostics, Color color = Color::off) {
  std::ostringstream out;
  diagnostics.render(out, color);
  return out.str();
}

TEST(Render, DrawsPlaceCaretNoteAndHelp) {
  Diagnostics diagnostics(SourceFile("a.toml", "[sources.events]\nstartingOffset = \"x\"\n"));
  diagnostics.error(codes::unknown_key, "unknown key `startingOffset` in source `events`")
      .at({2, 1, 15}, "did you mean `starting_offsets`?")
      .note("it accepts: `starting_offsets`")
      .help("run `millrace plugins describe kafka`");
  EXPECT_EQ(rendered(diagnostics),
            "error[E0102]: unknown key `startingOffset` in source `events`\n"
            " --> a.toml:2:1\n"
            "  |\n"
            "2 | startingOffset = \"x\"\n"
            "  | ^^^^^^^^^^^^^^ did you mean `starting_offsets`?\n"
            "  = note: it accepts: `starting_offsets`\n"
            "  = help: run `millrace plugins describe kafka`\n"
            "\n"
            "error: a.toml has 1 error; nothing was started\n");
}

TEST(Render, DrawsSecondLabelsInOrderOfLines) {
  Diagnostics diagnostics(
      SourceFile("a.toml", "[transforms.counts]\n\n\n\n\n\n\n\n\noutput_mode = \"append\"\n"));
  diagnostics.error(codes::missing_watermark, "`append` needs a watermark")
      .at({10, 15, 23}, "append waits for the watermark")
      .at({1, 13, 19}, "no watermark here");
  EXPECT_EQ(rendered(diagnostics),
            "error[E0304]: `append` needs a watermark\n"
            "  --> a.toml:10:15\n"
            "   |\n"
            " 1 | [transforms.counts]\n"
            "   |             ------ no watermark here\n"
            "...\n"
            "10 | output_mode = \"append\"\n"
            "   |               ^^^^^^^^ append waits for the watermark\n"
            "\n"
            "error: a.toml has 1 error; nothing was started\n");
}

TEST(Render, DrawsALineOnceForTwoLabels) {
  Diagnostics diagnostics(SourceFile("a.toml", "inputs = [\"a\", \"a\"]\n"));
  diagnostics.error(codes::duplicate_input, "twice").at({1, 16, 19}, "again").at({1, 11, 14});
  EXPECT_EQ(rendered(diagnostics),
            "error[E0208]: twice\n"
            " --> a.toml:1:16\n"
            "  |\n"
            "1 | inputs = [\"a\", \"a\"]\n"
            "  |                ^^^ again\n"
            "  |           ---\n"
            "\n"
            "error: a.toml has 1 error; nothing was started\n");
}

TEST(Render, KeepsCaretsBelowTabsAndWideLetters) {
  Diagnostics diagnostics(SourceFile("a.toml", "\t\xE6\xBC\xA2 = x\n"));
  diagnostics.error(codes::syntax, "bad").at({1, 6, 7});
  EXPECT_EQ(rendered(diagnostics),
            "error[E0001]: bad\n"
            " --> a.toml:1:6\n"
            "  |\n"
            "1 |     \xE6\xBC\xA2 = x\n"
            "  |          ^\n"
            "\n"
            "error: a.toml has 1 error; nothing was started\n");
}

TEST(Render, MakesControlCharactersHarmless) {
  Diagnostics diagnostics(SourceFile("a.toml", "a = \"\x1b[31m\xC2\x9b\"\n"));
  diagnostics.error(codes::syntax, "bad").at({1, 1, 2});
  EXPECT_NE(rendered(diagnostics).find("1 | a = \"?[31m?\"\n"), std::string::npos);
}

TEST(Render, DrawsAMessageWithoutAPlace) {
  Diagnostics diagnostics(SourceFile("a.toml", ""));
  diagnostics.error(codes::no_sink, "no sink").help("add one");
  EXPECT_EQ(rendered(diagnostics),
            "error[E0204]: no sink\n"
            " --> a.toml\n"
            "  = help: add one\n"
            "\n"
            "error: a.toml has 1 error; nothing was started\n");
}

TEST(Render, SortsByPlaceAndCountsWarnings) {
  Diagnostics diagnostics(SourceFile("a.toml", "one\ntwo\n"));
  diagnostics.error(codes::no_sink, "last");
  diagnostics.error(codes::syntax, "second").at({2, 1, 4});
  diagnostics.warning(codes::no_checkpoint, "first").at({1, 1, 4});
  const std::string text = rendered(diagnostics);
  EXPECT_LT(text.find("warning[W0302]: first"), text.find("error[E0001]: second"));
  EXPECT_LT(text.find("error[E0001]: second"), text.find("error[E0204]: last"));
  EXPECT_NE(text.find("error: a.toml has 2 errors and 1 warning; nothing was started\n"),
            std::string::npos);
}

TEST(Render, SumsUpWarningsAlone) {
  Diagnostics diagnostics(SourceFile("a.toml", "one\n"));
  EXPECT_EQ(rendered(diagnostics), "");
  diagnostics.warning(codes::no_checkpoint, "w").at({1, 1, 4});
  EXPECT_NE(rendered(diagnostics).find("warning: a.toml has 1 warning\n"), std::string::npos);
}

TEST(Render, PaintsOnlyWhenAsked) {
  Diagnostics diagnostics(SourceFile("a.toml", "one\n"));
  diagnostics.error(codes::syntax, "bad").at({1, 1, 4}, "here");
  EXPECT_EQ(rendered(diagnostics).find('\x1b'), std::string::npos);
  EXPECT_NE(rendered(diagnostics, Color::on).find("\x1b[1;31m^^^ here\x1b[0m"), std::string::npos);
}

TEST(ToJson, GivesPlacesForPrograms) {
  Diagnostics diagnostics(SourceFile("a.toml", "one\n"));
  EXPECT_EQ(diagnostics.to_json(), "[]");
  diagnostics.error(codes::syntax, "a \"quoted\"\tword").at({1, 2, 4}, "here").help("do");
  EXPECT_EQ(diagnostics.to_json(),
            R"([{"severity":"error","code":"E0001","message":"a \"quoted\"\u0009word",)"
            R"("file":"a.toml","line":1,"column":2,"end_column":4,)"
            R"("labels":[{"line":1,"column":2,"end_column":4,"text":"here"}],)"
            R"("notes":[],"help":["do"]}])");
}

}  // namespace
}  // namespace millrace
