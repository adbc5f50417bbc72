using System.Text.Json;

namespace Governance.Gateway.Surfaces.Anthropic.Reading;

/// <summary>The models that a body names.</summary>
ref partial struct BodyWalk
{
    /// <summary>Spellings of other models that are kept at all; far fewer models may be named.</summary>
    const int OtherModelsMax = 256;

    bool TopModel()
    {
        _modelOffset = (int)_reader.TokenStartIndex;
        _modelLength = (int)_reader.BytesConsumed - _modelOffset;
        _model = "";
        return (!_limits.RequireModel && Null()) || ModelName(out _model);
    }

    bool OtherModel()
    {
        if (!ModelName(out var model))
            return false;
        if (_otherModels.Contains(model))
            _repeatedModels++;
        else if (_otherModels.Count == OtherModelsMax)
            return Fail($"more than {OtherModelsMax} other models are named");
        else
            _otherModels.Add(model);
        return true;
    }

    bool ModelName(out string model)
    {
        model = "";
        if (_reader.TokenType != JsonTokenType.String)
            return Fail("the name of a model, a string, is expected");
        if (!Short(_limits.NameLengthMax, out model))
            return false;
        if (model.Length == 0)
            return Fail("the name of a model is expected, not an empty string");
        foreach (var character in model)
        {
            if (char.IsControl(character))
                return Fail("the name of a model holds a control character");
        }
        return true;
    }
}
